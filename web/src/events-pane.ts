/** The list of sample events: those that the server stores, and those that were pasted or dropped. */

import * as api from "./api";
import { batches } from "./batches";
import { byId, fill, h } from "./dom";
import { count, moment, preview } from "./format";
import { icon } from "./icons";
import { Inspector } from "./inspector";
import { explain, notice } from "./notices";
import { fromStored, read, type Sample } from "./samples";

/** How many stored events are listed, and how many events run when none is selected. */
const LISTED = 100;
const DEFAULT_RUN = 5;
/** Rows of pasted events that are drawn; all of them can run. */
const DRAWN = 500;
/** The event that is not worth naming in each row. */
const USUAL = "$ai_generation";
const SEARCH_DELAY_MS = 250;

type Tab = "stored" | "pasted";

interface Page {
  samples: Sample[];
  selected: Set<string>;
}

export class EventsPane {
  private readonly list = byId<HTMLUListElement>("event-list");
  private readonly note = byId("event-note");
  private readonly search = byId<HTMLInputElement>("event-search");
  private readonly kind = byId<HTMLSelectElement>("event-kind");
  private readonly inspector = new Inspector();
  private readonly pages: Record<Tab, Page> = {
    stored: { samples: [], selected: new Set() },
    pasted: { samples: [], selected: new Set() },
  };
  private tab: Tab = "stored";
  private active = -1;
  private asked = 0;
  /** Whether the stored events that are listed are those of a search. */
  private searched = false;

  constructor(private readonly changed: () => void) {
    for (const tab of ["stored", "pasted"] as const) {
      const button = byId(`tab-${tab}`);
      button.addEventListener("click", () => this.show(tab));
      button.addEventListener("keydown", (event) => {
        if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
        this.show(tab === "stored" ? "pasted" : "stored");
        byId(`tab-${this.tab}`).focus();
      });
    }
    byId("select-five").addEventListener("click", () => this.select(this.visible().slice(0, DEFAULT_RUN)));
    byId("select-all").addEventListener("click", () => this.select(this.visible()));
    byId("select-none").addEventListener("click", () => this.select([]));
    byId("keep").addEventListener("click", () => void this.keep());
    byId("forget").addEventListener("click", () => this.forget());
    fill(byId("event-refresh"), icon("refresh"));
    byId("event-refresh").setAttribute("aria-label", "Load the newest events");
    byId("event-refresh").addEventListener("click", () => void this.load());
    let timer: ReturnType<typeof setTimeout>;
    this.search.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => (this.tab === "stored" ? void this.load() : this.draw()), SEARCH_DELAY_MS);
    });
    this.kind.addEventListener("input", () => void this.load());
    this.list.addEventListener("click", (event) => this.clicked(event));
    this.list.addEventListener("keydown", (event) => this.pressed(event));
    this.list.addEventListener("paste", (event) => this.add(event.clipboardData?.getData("text/plain") ?? ""));
  }

  /** The events to run on: the selected ones, else the first five that are listed. */
  get chosen(): Sample[] {
    const { samples, selected } = this.pages[this.tab];
    const chosen = samples.filter((sample) => selected.has(sample.key));
    return chosen.length > 0 ? chosen : this.visible().slice(0, DEFAULT_RUN);
  }

  /** All that are known. */
  get all(): Sample[] {
    return [...this.pages.pasted.samples, ...this.pages.stored.samples];
  }

  /** Asks the server for its newest events. */
  async load(): Promise<void> {
    const turn = ++this.asked;
    const search = this.tab === "stored" ? this.search.value.trim() : "";
    try {
      const events = await api.storedEvents({ limit: LISTED, name: this.kind.value, search });
      if (turn !== this.asked) return;
      // Not every project has calls of models; then whatever there is, is of interest.
      if (events.length === 0 && search === "" && this.kind.value !== "" && this.pages.stored.samples.length === 0) {
        this.kind.value = "";
        return await this.load();
      }
      this.searched = search !== "";
      this.pages.stored.samples = events.map(fromStored);
      const known = new Set(this.pages.stored.samples.map(({ key }) => key));
      for (const key of this.pages.stored.selected) if (!known.has(key)) this.pages.stored.selected.delete(key);
      this.draw();
    } catch (error) {
      if (turn === this.asked) fill(this.note, `The events could not be loaded. ${explain(error)}`);
    }
  }

  /** Takes in events as text; answers what is wrong with it, if none of it can be used. */
  add(text: string): string | undefined {
    const { samples, unreadable } = read(text);
    const first = unreadable[0];
    if (samples.length === 0) {
      return first ? `No event could be read. Line ${first.line}: ${first.message}` : "There is no event in this text.";
    }
    // Not push(...samples): a dropped file may have more events than a call has arguments.
    this.pages.pasted.samples = this.pages.pasted.samples.concat(samples);
    this.show("pasted");
    this.search.value = "";
    this.draw();
    notice(
      first
        ? `${count(samples.length, "event")} added; ${count(unreadable.length, "line")} could not be read (line ${first.line}: ${first.message})`
        : `${count(samples.length, "event")} added`,
      { bad: first !== undefined },
    );
    return undefined;
  }

  /** Shows an event in the inspector, and in the list if it is there. */
  inspect(sample: Sample): void {
    const index = this.visible().findIndex(({ key }) => key === sample.key);
    if (index >= 0) this.activate(index);
    else this.inspector.show(sample);
  }

  private show(tab: Tab): void {
    if (tab !== this.tab) this.search.value = "";
    this.tab = tab;
    if (tab === "stored" && this.searched) void this.load();
    this.active = -1;
    for (const name of ["stored", "pasted"] as const) {
      const button = byId(`tab-${name}`);
      button.setAttribute("aria-selected", String(name === tab));
      button.tabIndex = name === tab ? 0 : -1;
    }
    byId("event-panel").setAttribute("aria-labelledby", `tab-${tab}`);
    byId("event-refresh").hidden = this.kind.hidden = tab !== "stored";
    this.draw();
  }

  private visible(): Sample[] {
    const { samples } = this.pages[this.tab];
    const wanted = this.search.value.trim().toLowerCase();
    if (this.tab === "stored" || wanted === "") return samples;
    return samples.filter(({ input, output, name, id }) => [input, output, name, id].some((text) => text.toLowerCase().includes(wanted)));
  }

  private draw(): void {
    const visible = this.visible();
    const { selected } = this.pages[this.tab];
    fill(this.list, ...visible.slice(0, DRAWN).map((sample, index) => this.row(sample, index, selected.has(sample.key))));
    this.list.hidden = visible.length === 0;
    fill(this.note, this.remark(visible.length));
    byId("keep").hidden = byId("forget").hidden = this.tab !== "pasted" || visible.length === 0;
    if (this.active >= visible.length) this.active = -1;
    this.mark();
    this.count();
  }

  private remark(visible: number): string {
    if (visible > DRAWN) return `The first ${count(DRAWN, "event")} of ${count(visible, "event")} are listed; “All” selects every one.`;
    if (this.tab === "stored" && visible === LISTED) return `The newest ${count(LISTED, "event")}; search to find others.`;
    if (visible > 0) return "";
    if (this.search.value.trim()) return "No event matches the search.";
    return this.tab === "stored"
      ? "No events are stored yet. Capture some with a PostHog client, or add your own."
      : "Nothing pasted yet. Drop a file here, paste JSON, or use “Add”.";
  }

  private row(sample: Sample, index: number, selected: boolean): HTMLElement {
    const name = sample.name === USUAL ? "" : sample.name;
    return h(
      "li",
      { class: "sample", role: "option", id: `event-${index}`, "aria-selected": String(selected), "data-index": index },
      h("span", { class: "box", "aria-hidden": "true" }, icon("check")),
      h("div", { class: "out" }, preview(sample.output) || h("span", { class: "none" }, "no output")),
      h(
        "div",
        { class: "by" },
        name !== "" && h("span", { class: "event-kind" }, name),
        h("span", { class: "in" }, preview(sample.input) || "no input"),
        sample.time !== "" && h("time", { datetime: sample.time }, moment(sample.time)),
      ),
    );
  }

  private count(): void {
    const { selected, samples } = this.pages[this.tab];
    const chosen = samples.filter(({ key }) => selected.has(key)).length;
    byId("selection").textContent = chosen > 0 ? `${count(chosen, "event")} selected` : "Runs on the first 5";
    this.changed();
  }

  private select(samples: readonly Sample[]): void {
    this.pages[this.tab].selected = new Set(samples.map(({ key }) => key));
    this.draw();
  }

  private toggle(index: number): void {
    const sample = this.visible()[index];
    if (!sample) return;
    const { selected } = this.pages[this.tab];
    if (!selected.delete(sample.key)) selected.add(sample.key);
    this.list.children[index]?.setAttribute("aria-selected", String(selected.has(sample.key)));
    this.count();
  }

  private activate(index: number): void {
    this.active = index;
    this.mark();
    this.list.children[index]?.scrollIntoView({ block: "nearest" });
    const sample = this.visible()[index];
    if (sample) this.inspector.show(sample);
  }

  private mark(): void {
    this.list.querySelector(".active")?.classList.remove("active");
    const row = this.list.children[this.active];
    row?.classList.add("active");
    if (row) this.list.setAttribute("aria-activedescendant", row.id);
    else this.list.removeAttribute("aria-activedescendant");
  }

  private clicked(event: MouseEvent): void {
    const target = event.target as Element;
    const row = target.closest<HTMLElement>(".sample");
    if (!row) return;
    const index = Number(row.dataset.index);
    if (target.closest(".box")) this.toggle(index);
    else this.activate(index);
  }

  private pressed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const last = Math.min(this.visible().length, DRAWN) - 1;
    const moves: Record<string, number> = {
      ArrowDown: Math.min(last, this.active + 1),
      ArrowUp: Math.max(0, this.active - 1),
      Home: 0,
      End: last,
    };
    const target = moves[event.key];
    if (target !== undefined) this.activate(target);
    else if (event.key === " ") this.toggle(Math.max(0, this.active));
    else if (event.key === "Enter" && this.active >= 0) this.inspector.focus();
    else return;
    event.preventDefault();
  }

  private async keep(): Promise<void> {
    const { samples } = this.pages.pasted;
    try {
      let accepted = 0;
      for (const batch of batches(samples)) accepted += await api.storeEvents(batch.map(({ sample }) => sample.body));
      notice(`${count(accepted, "event")} stored`);
      this.forget();
      this.show("stored");
      await this.load();
    } catch (error) {
      notice(explain(error), { bad: true });
    }
  }

  private forget(): void {
    this.pages.pasted = { samples: [], selected: new Set() };
    this.draw();
  }
}
