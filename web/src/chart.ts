/** The pass rate of an evaluation over the last days, as a small chart. */

import { svg } from "./dom";
import { count, day, percent } from "./format";
import type { HistoryPoint } from "./types";

export const DAYS = 14;
const HEIGHT = 26;
const STEP = 10;
const WIDTH = 8;
const DAY_MS = 86_400_000;

interface Day {
  date: Date;
  passed: number;
  failed: number;
  notApplicable: number;
  neutral: number;
  errors: number;
}

/** Sums the points of each of the last days, oldest first. */
export function byDay(points: readonly HistoryPoint[], now = Date.now()): Day[] {
  const today = Math.floor(now / DAY_MS);
  const days = Array.from({ length: DAYS }, (_, index): Day => ({
    date: new Date((today - DAYS + 1 + index) * DAY_MS),
    passed: 0,
    failed: 0,
    notApplicable: 0,
    neutral: 0,
    errors: 0,
  }));
  for (const point of points) {
    const bin = days[Math.floor(Date.parse(point.start) / DAY_MS) - today + DAYS - 1];
    if (!bin) continue;
    bin.passed += point.passed;
    bin.failed += point.failed;
    bin.notApplicable += point.not_applicable;
    bin.neutral += point.neutral ?? 0;
    bin.errors += point.errors;
  }
  return days;
}

/** The share of passes among passes and fails; undefined when there are none. */
export function passRate(days: readonly Day[]): number | undefined {
  const passed = days.reduce((sum, { passed }) => sum + passed, 0);
  const judged = days.reduce((sum, { passed, failed }) => sum + passed + failed, 0);
  return judged === 0 ? undefined : passed / judged;
}

function sentence({ date, passed, failed, notApplicable, neutral, errors }: Day): string {
  const counts = [
    [passed, "pass"],
    [failed, "fail"],
    [neutral, "without a rule"],
    [notApplicable, "n/a"],
    [errors, "error"],
  ] as const;
  const said = counts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return `${day(date)}: ${said.length ? said.join(", ") : "nothing judged"}`;
}

/** A column a day: passes grow from the bottom, fails and errors hang from the top. */
export function chart(days: readonly Day[]): SVGSVGElement {
  const rate = passRate(days);
  const judged = days.reduce((sum, { passed, failed, errors }) => sum + passed + failed + errors, 0);
  const label = `Last ${DAYS} days: ${count(judged, "event")} judged${rate === undefined ? "" : `, ${percent(rate)} passed`}`;
  const columns = days.flatMap((entry, index) => {
    const x = index * STEP;
    const total = entry.passed + entry.failed + entry.errors;
    const title = svg("title", {}, sentence(entry));
    if (total === 0) {
      return [svg("rect", { class: "base", x, y: HEIGHT - 2, width: WIDTH, height: 2, rx: 1 }, title)];
    }
    const scale = (HEIGHT - 2) / total;
    const heights = { pass: entry.passed * scale, fail: entry.failed * scale, err: entry.errors * scale };
    const parts = [
      ["err", 0, heights.err],
      ["fail", heights.err, heights.fail],
      ["pass", HEIGHT - heights.pass, heights.pass],
    ] as const;
    return [
      svg(
        "g",
        {},
        title,
        ...parts
          .filter(([, , height]) => height > 0)
          .map(([name, y, height]) => svg("rect", { class: name, x, y: y.toFixed(2), width: WIDTH, height: height.toFixed(2), rx: 1 })),
      ),
    ];
  });
  // Without any column only the baseline is left.
  const top = judged === 0 ? HEIGHT - 2 : 0;
  const viewBox = `0 ${top} ${DAYS * STEP - (STEP - WIDTH)} ${HEIGHT - top}`;
  return svg(
    "svg",
    { class: judged === 0 ? "chart nothing" : "chart", viewBox, preserveAspectRatio: "none", role: "img", "aria-label": label },
    ...columns,
  );
}
