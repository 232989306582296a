/**
 * JSON that keeps every digit.
 *
 * To a metric `1.0` is not `1`, and integers have any size; `JSON.parse` forgets both. Where the browser can (it knows
 * `JSON.rawJSON`), numbers whose text would change are kept as they were written.
 */

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

interface RawJson {
  rawJSON: string;
}

const exact = JSON as unknown as {
  parse(text: string, reviver: (key: string, value: Json, context?: { source?: string }) => Json): Json;
  rawJSON?: (text: string) => RawJson;
  isRawJSON?: (value: unknown) => value is RawJson;
};

/** Reads JSON; throws `SyntaxError`. */
export function parse(text: string): Json {
  const { rawJSON } = exact;
  if (!rawJSON) return JSON.parse(text);
  return exact.parse(text, (_key, value, context) =>
    typeof value === "number" && context?.source !== undefined && context.source !== String(value)
      ? rawJSON.call(JSON, context.source)
      : value,
  );
}

/** A number that was kept as text. */
function raw(value: unknown): string | undefined {
  return exact.isRawJSON?.call(JSON, value) ? (value as RawJson).rawJSON : undefined;
}

/** A value as a short text for people: strings as they are, everything else as JSON. */
export function show(value: Json): string {
  if (typeof value === "string") return value;
  return raw(value) ?? JSON.stringify(value) ?? "";
}

/** Whether it is a JSON object (not null, not a list, not a number kept as text). */
export function isObject(value: Json): value is Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && raw(value) === undefined;
}

/** The number, also of one kept as text. */
export function toNumber(value: Json): number | undefined {
  if (typeof value === "number") return value;
  const text = raw(value);
  return text === undefined ? undefined : Number(text);
}
