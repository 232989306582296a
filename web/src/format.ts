/** Figures and texts as people read them. */

const INTEGER = new Intl.NumberFormat("en");

/** `32366` as "32,366". */
export function integer(value: number): string {
  return INTEGER.format(value);
}

/** `32366` as "32.4 k". */
export function compact(value: number): string {
  for (const [size, unit] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]] as const) {
    if (value >= size) return `${(value / size).toPrecision(3)} ${unit}`;
  }
  return String(value);
}

/** Bytes in binary units. */
export function bytes(value: number): string {
  for (const [size, unit] of [[2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"]] as const) {
    if (value >= size) return `${(value / size).toFixed(value / size < 100 ? 1 : 0)} ${unit}`;
  }
  return `${value} B`;
}

/** Microseconds in the unit that suits them. */
export function duration(microseconds: number): string {
  if (microseconds < 1000) return `${microseconds} µs`;
  if (microseconds < 1e6) return `${(microseconds / 1000).toFixed(microseconds < 1e4 ? 2 : 1)} ms`;
  return `${(microseconds / 1e6).toFixed(2)} s`;
}

/** A share as a percentage with as many digits as say something. */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 0 || value >= 10) return `${Math.round(value)} %`;
  if (value >= 0.1) return `${value.toFixed(1)} %`;
  return "< 0.1 %";
}

/** "1 event", "5 events". */
export function count(number: number, singular: string, plural = `${singular}s`): string {
  return `${integer(number)} ${number === 1 ? singular : plural}`;
}

const TIME = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** A moment, in the reader's time zone; the text itself when it is none. */
export function moment(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : TIME.format(date);
}

/** A day. */
export function day(date: Date): string {
  return DAY.format(date);
}

/** The first characters of a text, on one line. */
export function preview(text: string, length = 200): string {
  const line = text.slice(0, length * 2).replace(/\s+/g, " ").trim();
  return line.length > length ? `${line.slice(0, length)}…` : line;
}
