/** How verdicts look: what each means to the reader, never by colour alone. */

import { h } from "./dom";
import { integer } from "./format";
import { icon } from "./icons";
import { show } from "./json";
import type { Verdict } from "./types";

/** What a reader has to tell apart. */
export type State = "pass" | "fail" | "na" | "value" | "skipped" | "error";

export const STATES: readonly State[] = ["pass", "fail", "na", "value", "skipped", "error"];

const NAMES: Record<State, string> = {
  pass: "Pass",
  fail: "Fail",
  na: "N/A",
  value: "Value",
  skipped: "Skipped",
  error: "Error",
};

/** In sentences: "3 pass", "1 error". */
export function tally(state: State, number: number): string {
  const words: Record<State, string> = {
    pass: "pass",
    fail: "fail",
    na: "n/a",
    value: number === 1 ? "value" : "values",
    skipped: "skipped",
    error: number === 1 ? "error" : "errors",
  };
  return `${integer(number)} ${words[state]}`;
}

/** What went wrong, by status. */
const ERRORS: Record<string, string> = {
  compile_error: "Does not compile",
  runtime_error: "Runtime error",
  invalid_result: "Invalid result",
  out_of_fuel: "Out of fuel",
  out_of_memory: "Out of memory",
  timed_out: "Timed out",
  crashed: "Sandbox crashed",
  quarantined: "Quarantined",
  not_judged: "Not judged",
};

export function stateOf(verdict: Pick<Verdict, "status" | "passed">): State {
  switch (verdict.status) {
    case "ok":
      return verdict.passed === true ? "pass" : verdict.passed === false ? "fail" : "value";
    case "not_applicable":
      return "na";
    case "skipped":
      return "skipped";
    default:
      return "error";
  }
}

/** The badge of a verdict: outline, icon and word differ from state to state. */
export function badge(verdict: Pick<Verdict, "status" | "passed">): HTMLElement {
  const state = stateOf(verdict);
  const text = state === "error" ? (ERRORS[verdict.status] ?? "Error") : NAMES[state];
  return h("span", { class: `badge badge-${state}`, "data-state": state }, icon(state), h("span", {}, text));
}

/** The value beside the badge, unless the badge says it all. */
export function valueText(verdict: Verdict): string {
  if (verdict.status !== "ok") return "";
  if (verdict.value === verdict.passed) return "";
  return show(verdict.value);
}
