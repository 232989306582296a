/** The saved evaluations, each with its pass rate over time. */

import * as api from "./api";
import { byId, fill, h } from "./dom";
import { percent } from "./format";
import { byDay, chart, DAYS, passRate } from "./chart";
import { languageName } from "./languages";
import { explain } from "./notices";
import type { Evaluation } from "./types";

const SEARCH_DELAY_MS = 250;
/** Histories are asked for so many at a time. */
const AT_ONCE = 3;

interface Hooks {
  open: (evaluation: Evaluation) => void;
}

export class EvaluationsPane {
  private readonly list = byId("evaluation-list");
  private readonly note = byId("evaluation-note");
  private readonly search = byId<HTMLInputElement>("evaluation-search");
  private evaluations: Evaluation[] = [];
  private more = false;
  private current: string | null = null;
  private asked = 0;
  private readonly observer = new IntersectionObserver((entries) => this.seen(entries), { root: null, rootMargin: "80px" });
  private readonly waiting: { evaluation: Evaluation; row: Element }[] = [];
  private asking = 0;

  constructor(
    private readonly posthog: api.Evaluations,
    private readonly hooks: Hooks,
  ) {
    let timer: ReturnType<typeof setTimeout>;
    this.search.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => void this.load(), SEARCH_DELAY_MS);
    });
  }

  /** Marks the one that is open in the editor. */
  mark(id: string | null): void {
    this.current = id;
    for (const button of this.list.querySelectorAll<HTMLElement>("[data-id]")) {
      button.setAttribute("aria-current", String(button.dataset.id === id));
    }
  }

  /** Asks the server for the list, or (`further`) for more of it. */
  async load(further = false): Promise<void> {
    const turn = ++this.asked;
    try {
      const page = await this.posthog.list(this.search.value.trim(), further ? this.evaluations.length : 0);
      if (turn !== this.asked) return;
      this.evaluations = further ? this.evaluations.concat(page.results) : page.results;
      this.more = page.next !== null;
      this.draw();
    } catch (error) {
      if (turn === this.asked) fill(this.note, `The evaluations could not be loaded. ${explain(error)}`);
    }
  }

  private draw(): void {
    this.observer.disconnect();
    this.waiting.length = 0;
    fill(
      this.list,
      ...this.evaluations.map((evaluation) => this.row(evaluation)),
      this.more && h("li", {}, h("button", { class: "link", type: "button", on: { click: () => void this.load(true) } }, "Show more")),
    );
    const none = this.search.value.trim() ? "No evaluation matches the search." : "None saved yet. Write a metric, try it, and save it as an evaluation.";
    fill(this.note, this.evaluations.length === 0 && none);
    for (const row of this.list.querySelectorAll("[data-id]")) this.observer.observe(row);
  }

  private row(evaluation: Evaluation): HTMLElement {
    const { id, name, enabled, evaluation_type: type } = evaluation;
    const state = evaluation.status === "error" ? "failed" : enabled ? "on" : "off";
    const words = { failed: `stopped: ${(evaluation.status_reason ?? "error").replaceAll("_", " ")}`, on: "enabled", off: "paused" }[state];
    return h(
      "li",
      {},
      h(
        "button",
        {
          class: "evaluation",
          type: "button",
          "data-id": id,
          "aria-current": String(id === this.current),
          title: evaluation.status_reason_detail ?? (evaluation.description || undefined),
          on: { click: () => this.hooks.open(evaluation) },
        },
        h("span", { class: "name" }, name),
        h("span", { class: "rate none" }),
        h("span", { class: "about" }, h("span", { class: `dot ${state}`, "aria-hidden": "true" }), words, h("span", {}, languageName(type))),
        h("span", { class: "history" }),
      ),
    );
  }

  private seen(entries: IntersectionObserverEntry[]): void {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      this.observer.unobserve(target);
      const evaluation = this.evaluations.find(({ id }) => id === (target as HTMLElement).dataset.id);
      if (evaluation) this.waiting.push({ evaluation, row: target });
    }
    this.next();
  }

  private next(): void {
    while (this.asking < AT_ONCE) {
      const task = this.waiting.shift();
      if (!task) return;
      this.asking += 1;
      void this.history(task.evaluation, task.row).finally(() => {
        this.asking -= 1;
        this.next();
      });
    }
  }

  private async history({ id }: Evaluation, row: Element): Promise<void> {
    try {
      const days = byDay(await api.history(id, DAYS));
      const rate = passRate(days);
      const place = row.querySelector(".history");
      const figure = row.querySelector(".rate");
      if (place) place.replaceWith(chart(days));
      if (figure && rate !== undefined) {
        figure.className = "rate";
        figure.textContent = percent(rate);
      }
    } catch {
      // The list is useful without its charts; a lost connection is shown elsewhere.
    }
  }
}
