/** Has the source compiled as it is typed, and says what came of it. */

import * as api from "./api";
import { byId, fill, h } from "./dom";
import type { Editor } from "./editor/editor";
import { count } from "./format";
import { icon } from "./icons";
import { explain } from "./notices";
import type { Diagnostic } from "./types";

const DELAY_MS = 250;
/** How many problems are listed below the editor. */
const LISTED = 50;

const CONVENTIONS: Record<string, string> = {
  posthog: "PostHog", honeyhive: "HoneyHive", openai: "OpenAI", langsmith: "LangSmith", braintrust: "Braintrust",
  phoenix: "Phoenix", langfuse: "Langfuse", vertex: "Vertex AI", promptfoo: "promptfoo",
};

export class Checker {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private under: AbortController | undefined;

  constructor(private readonly editor: Editor) {}

  /** The text changed: look at it when the author pauses. Answers about older text are given up. */
  touch(delay = DELAY_MS): void {
    clearTimeout(this.timer);
    this.under?.abort();
    this.timer = setTimeout(() => void this.check(), delay);
  }

  private async check(): Promise<void> {
    const under = new AbortController();
    this.under = under;
    const { text, language } = this.editor;
    if (text.trim() === "") {
      this.show([]);
      this.say("", "Nothing written yet");
      return;
    }
    try {
      const { ok, convention, diagnostics } = await api.check(language, text, under.signal);
      // The text may have changed while the answer was on its way, without a pause to ask again.
      if (under.signal.aborted || this.editor.text !== text || this.editor.language !== language) return;
      this.show(diagnostics);
      const errors = diagnostics.filter(({ severity }) => severity === "error").length;
      const rest = diagnostics.length - errors;
      if (!ok) this.say("bad", errors > 0 ? count(errors, "error") : "Does not compile", "error");
      else {
        const habit = convention && language !== "hog" ? ` as ${CONVENTIONS[convention] ?? convention}` : "";
        this.say("ok", `Compiles${habit}${rest > 0 ? `, ${count(rest, "remark")}` : ""}`, "check");
      }
    } catch (error) {
      if (api.isAborted(error) || under.signal.aborted) return;
      if (api.isBusy(error)) this.touch(error.retryAfter * 1000);
      else if (error instanceof api.ApiError && error.diagnostics.length > 0) this.show(error.diagnostics);
      else this.say("", error instanceof api.Unreachable ? "Not checked" : explain(error));
    }
  }

  private say(state: string, text: string, name?: "check" | "error"): void {
    const line = byId("compiles");
    line.className = `compiles ${state}`;
    fill(line, name && icon(name), text);
  }

  /** Shows problems of the text as it is now: in the text, and as a list. */
  show(diagnostics: readonly Diagnostic[]): void {
    this.editor.diagnose(diagnostics);
    const list = byId("problems");
    list.hidden = diagnostics.length === 0;
    const sorted = [...diagnostics].sort((a, b) => a.span.start - b.span.start);
    fill(list, ...sorted.slice(0, LISTED).map((diagnostic) => this.problem(diagnostic)));
    if (diagnostics.some(({ severity }) => severity === "error")) {
      this.say("bad", count(diagnostics.filter(({ severity }) => severity === "error").length, "error"), "error");
    }
  }

  private problem({ severity, message, label, help, start }: Diagnostic): HTMLElement {
    return h(
      "li",
      {},
      h(
        "button",
        { class: `problem ${severity}`, type: "button", on: { click: () => this.editor.jump(start.line, start.column) } },
        icon(severity),
        h("span", { class: "visually-hidden" }, `${severity} at line`),
        h("span", { class: "at" }, `${start.line}:${start.column}`),
        h("span", {}, message, help || label ? h("span", { class: "help" }, ` – ${help ?? label}`) : null),
      ),
    );
  }
}
