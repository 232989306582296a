/** One event in full. */

import { byId, fill, h } from "./dom";
import { integer } from "./format";
import { icon } from "./icons";
import { propertiesOf, type Sample } from "./samples";
import { show, type Json } from "./json";

/** Characters that are shown of an event: more would make the page slow, and nobody reads it. */
const SHOWN = 100_000;

export class Inspector {
  private readonly body = byId("inspector-body");

  constructor() {
    const close = byId("inspector-close");
    fill(close, icon("close"));
    close.setAttribute("aria-label", "Close");
    close.addEventListener("click", () => this.close());
    byId("inspector").addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
  }

  show(sample: Sample): void {
    byId("inspector").hidden = false;
    byId("inspector-title").textContent = sample.name ? `${sample.name} ${sample.id}` : sample.id;
    const properties = propertiesOf(sample.body);
    const input = properties.$ai_input ?? sample.body?.input ?? sample.body?.inputs;
    const output = properties.$ai_output_choices ?? properties.$ai_output ?? sample.body?.output ?? sample.body?.outputs;
    const expected = properties.expected ?? properties.$ai_expected ?? sample.body?.expected;
    fill(
      this.body,
      part("Input", input),
      part("Output", output),
      part("Expected", expected),
      h("div", {}, h("h4", {}, "Event"), h("pre", { class: "block" }, cut(JSON.stringify(sample.body, null, 2)))),
    );
    this.body.scrollTop = 0;
  }

  focus(): void {
    this.body.focus();
  }

  private close(): void {
    byId("inspector").hidden = true;
    byId("event-list").focus();
  }
}

/** What people write and read: texts as such, and messages one after the other. */
function part(title: string, value: Json): HTMLElement | false {
  if (value === undefined || value === null || value === "") return false;
  const messages = Array.isArray(value) ? value : [value];
  const texts = messages.map((message) => {
    const { role, content } = (message?.message ?? message) ?? {};
    if (typeof content === "string") return typeof role === "string" ? `${role}: ${content}` : content;
    return typeof message === "string" ? message : undefined;
  });
  if (texts.every((text) => text !== undefined)) {
    return h("div", {}, h("h4", {}, title), h("pre", { class: "block prose" }, cut(texts.join("\n\n"))));
  }
  return h("div", {}, h("h4", {}, title), h("pre", { class: "block" }, cut(typeof value === "object" ? JSON.stringify(value, null, 2) : show(value))));
}

function cut(text: string): string {
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}\n… ${integer(text.length - SHOWN)} more characters`;
}
