/** The table of verdicts. */

import { byId, fill, h, type Child } from "./dom";
import { bytes, compact, count, duration, integer, percent } from "./format";
import { icon } from "./icons";
import { show, type Json } from "./json";
import type { Sample } from "./samples";
import type { Limits, Verdict } from "./types";
import { badge, type State, STATES, stateOf, tally, valueText } from "./verdicts";

/** Rows that are drawn at first, and with each "more". */
const ROWS = 200;

export interface Row {
  verdict: Verdict;
  sample: Sample;
}

interface Hooks {
  /** Goes to a place in the source. */
  jump: (line: number, column?: number | null) => void;
  inspect: (sample: Sample) => void;
}

export class Results {
  private readonly body = byId("results-body");
  private rows: Row[] = [];
  private counts = new Map<State, number>();
  private fuel = 0;
  private only: State | null = null;
  private drawn = 0;
  private table: HTMLTableSectionElement | null = null;
  private limits: Limits = { fuel: 1e9, memory: 64 * 2 ** 20, deadline_ms: 10_000 };

  constructor(private readonly hooks: Hooks) {
    this.clear();
  }

  setLimits(limits: Limits): void {
    this.limits = limits;
  }

  /** What the values were, to guess what a metric returns. */
  get values(): Json[] {
    return this.rows.filter(({ verdict }) => verdict.status === "ok").map(({ verdict }) => verdict.value);
  }

  /** The metric was changed since: what is shown is what another text said. */
  outdate(): void {
    byId("stale").hidden = this.rows.length === 0;
  }

  /** Nothing has run. */
  clear(): void {
    this.stop();
    this.reset();
    fill(
      this.body,
      h("div", { class: "empty" }, h("strong", {}, "No results yet"), h("span", {}, "Run the metric to see a verdict for each event.")),
    );
  }

  /** A run begins. */
  start(): void {
    this.reset();
    byId("progress").hidden = false;
    byId("results-body").setAttribute("aria-busy", "true");
  }

  /** Verdicts arrived. */
  add(rows: readonly Row[]): void {
    for (const row of rows) {
      const state = stateOf(row.verdict);
      this.counts.set(state, (this.counts.get(state) ?? 0) + 1);
      this.fuel += row.verdict.usage?.fuel ?? 0;
    }
    this.rows = this.rows.concat(rows);
    if (!this.table) this.drawTable();
    else if (this.drawn < ROWS) this.drawRows(ROWS - this.drawn);
    this.drawSummary();
  }

  /** A run ended; `elapsed` in microseconds. */
  finish(elapsed: number): void {
    this.stop();
    if (this.table && this.table.childElementCount === 0) this.drawTable();
    this.drawMore();
    byId("totals").textContent = `${compact(this.fuel)} fuel · ${duration(Math.round(elapsed))}`;
    const said = STATES.filter((state) => this.counts.get(state)).map((state) => tally(state, this.counts.get(state) ?? 0));
    byId("announce").textContent = `${count(this.rows.length, "event")} judged: ${said.join(", ")}.`;
  }

  /** A run did not happen, or broke off. What was judged stays. */
  fail(title: string, text: string, action?: { name: string; run: () => void }): void {
    this.stop();
    const message = h(
      "div",
      { class: "message", role: "alert" },
      h("strong", {}, title),
      text !== "" && h("p", {}, text),
      action && h("button", { class: "secondary", type: "button", on: { click: action.run } }, action.name),
    );
    if (this.rows.length === 0) fill(this.body, message);
    else this.body.prepend(message);
  }

  private stop(): void {
    byId("progress").hidden = true;
    this.body.removeAttribute("aria-busy");
  }

  private reset(): void {
    this.rows = [];
    this.counts.clear();
    this.fuel = 0;
    this.only = null;
    this.drawn = 0;
    this.table = null;
    fill(byId("summary"));
    byId("stale").hidden = true;
    byId("totals").textContent = "";
    byId("announce").textContent = "";
  }

  private get shown(): Row[] {
    return this.only === null ? this.rows : this.rows.filter(({ verdict }) => stateOf(verdict) === this.only);
  }

  private drawSummary(): void {
    const summary = byId("summary");
    for (const state of STATES) {
      const number = this.counts.get(state);
      if (!number) continue;
      let chip = summary.querySelector<HTMLElement>(`[data-state="${state}"]`);
      if (!chip) {
        chip = h(
          "button",
          { class: "chip", type: "button", "data-state": state, "aria-pressed": "false", on: { click: () => this.filter(state) } },
          icon(state),
          h("span", {}),
        );
        summary.append(chip);
      }
      const text = chip.querySelector("span");
      if (text) text.textContent = tally(state, number);
    }
  }

  private filter(state: State): void {
    this.only = this.only === state ? null : state;
    for (const chip of byId("summary").children) {
      chip.setAttribute("aria-pressed", String((chip as HTMLElement).dataset.state === this.only));
    }
    this.drawTable();
    this.drawMore();
  }

  private drawTable(): void {
    this.table = h("tbody");
    this.drawn = 0;
    const head = (name: string, text: Child): HTMLElement => h("th", { scope: "col", class: name }, text);
    fill(
      this.body,
      h(
        "table",
        { class: "verdicts" },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            head("c-verdict", "Verdict"),
            head("c-event", "Event"),
            head("c-reason", "Reasoning"),
            head("c-fuel", "Fuel"),
            head("c-memory", "Memory"),
            head("c-time", "Time"),
            head("c-more", h("span", { class: "visually-hidden" }, "Details")),
          ),
        ),
        this.table,
      ),
    );
    this.drawRows(ROWS);
  }

  private drawRows(number: number): void {
    const next = this.shown.slice(this.drawn, this.drawn + number);
    this.drawn += next.length;
    for (const row of next) this.table?.append(...this.row(row));
  }

  private drawMore(): void {
    this.body.querySelector(".more-rows")?.remove();
    const left = this.shown.length - this.drawn;
    if (left <= 0) return;
    const more = (): void => {
      this.drawRows(ROWS);
      this.drawMore();
    };
    this.body.append(
      h("div", { class: "more-rows" }, `${integer(left)} more`, h("button", { class: "secondary", type: "button", on: { click: more } }, "Show more")),
    );
  }

  private row({ verdict, sample }: Row): [HTMLElement, HTMLElement] {
    const detail = h("tr", { class: "detail", hidden: true });
    const twist = h(
      "button",
      {
        class: "quiet icon-only twist",
        type: "button",
        "aria-expanded": "false",
        "aria-label": verdict.logs?.length ? `Details and ${count(verdict.logs.length, "log line")}` : "Details",
        on: {
          click: () => {
            const open = detail.hidden;
            if (open && !detail.hasChildNodes()) detail.append(h("td", { colspan: 7 }, details(verdict)));
            detail.hidden = !open;
            twist.setAttribute("aria-expanded", String(open));
          },
        },
      },
      icon("chevron"),
    );
    const usage = verdict.usage;
    const value = valueText(verdict);
    const output = sample.output || verdict.output_preview;
    const input = sample.input || verdict.input_preview;
    const main = h(
      "tr",
      { class: `verdict is-${stateOf(verdict)}`, "data-status": verdict.status },
      h("td", { class: "c-verdict" }, badge(verdict), value !== "" && h("span", { class: "value", title: value }, value)),
      h(
        "td",
        { class: "c-event" },
        h(
          "button",
          { class: "event-name", type: "button", title: sample.id, on: { click: () => this.hooks.inspect(sample) } },
          h("span", { class: "out" }, output || "no output"),
          h("span", { class: "in" }, input || "no input"),
        ),
      ),
      h("td", { class: "c-reason" }, this.reason(verdict)),
      h("td", { class: "c-fuel" }, usage && meter("Fuel", usage.fuel, this.limits.fuel, compact, integer)),
      h("td", { class: "c-memory" }, usage && meter("Memory", usage.memory, this.limits.memory, bytes, bytes)),
      h("td", { class: "c-time time" }, usage && duration(usage.elapsed_us)),
      h("td", { class: "c-more" }, twist),
    );
    return [main, detail];
  }

  private reason(verdict: Verdict): Child {
    const { error } = verdict;
    if (error) {
      const line = error.line;
      if (!line) return h("div", { class: "reason" }, error.message);
      const where = error.column ? `${line}:${error.column}` : String(line);
      return h(
        "button",
        { class: "jump", type: "button", title: "Go there", on: { click: () => this.hooks.jump(line, error.column) } },
        h("span", { class: "visually-hidden" }, "Go to line "),
        h("span", { class: "where" }, where),
        error.message,
      );
    }
    if (verdict.reasoning) return h("div", { class: "reason" }, verdict.reasoning);
    if (verdict.logs?.length) return h("div", { class: "reason none" }, verdict.logs.join("\n"));
    return h("span", { class: "none" }, "–");
  }
}

/** A figure over a bar that shows its share of the limit. */
function meter(name: string, value: number, limit: number, short: (value: number) => string, long: (value: number) => string): HTMLElement {
  const share = limit > 0 ? Math.min(1, value / limit) : 0;
  const level = share >= 0.999 ? " full" : share >= 0.75 ? " high" : "";
  const text = `${long(value)} of ${long(limit)} (${percent(share)})`;
  return h(
    "div",
    { class: `meter${level}`, title: text },
    h("span", { class: "figure" }, short(value)),
    h(
      "div",
      { class: "track", role: "meter", "aria-label": name, "aria-valuemin": 0, "aria-valuemax": limit, "aria-valuenow": value, "aria-valuetext": text },
      h("div", { class: "level", style: { "--share": String(share * 100) } }),
    ),
  );
}

/** Everything that the table has no room for. */
function details(verdict: Verdict): HTMLElement {
  const { error, replay } = verdict;
  const entries: [string, Child][] = [];
  if (error) {
    const type = error.type && !error.message.includes(error.type) ? `${error.type}: ` : "";
    entries.push(["Error", h("pre", { class: "block" }, [`${type}${error.message}`, ...(error.traceback ?? [])].join("\n"))]);
  }
  if (verdict.reasoning) entries.push(["Reasoning", verdict.reasoning]);
  if (verdict.status === "ok") entries.push(["Value", h("code", {}, show(verdict.value))]);
  if (verdict.metadata !== undefined) entries.push(["Metadata", h("pre", { class: "block" }, JSON.stringify(verdict.metadata, null, 2))]);
  entries.push(["Logs", verdict.logs?.length ? h("pre", { class: "block" }, verdict.logs.join("\n")) : h("span", { class: "none" }, "nothing was printed")]);
  if (verdict.output_preview) entries.push(["Output", verdict.output_preview]);
  if (verdict.input_preview) entries.push(["Input", verdict.input_preview]);
  entries.push(["Event", h("code", {}, verdict.event)]);
  if (verdict.usage) {
    const { fuel, memory, elapsed_us } = verdict.usage;
    entries.push(["Used", `${integer(fuel)} fuel, ${bytes(memory)}, ${duration(elapsed_us)}`]);
  }
  if (replay) entries.push(["Replay", h("code", {}, `now ${show(replay.now_ns)}, seed ${show(replay.seed)}`)]);
  return h("dl", {}, ...entries.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}
