/** Events and metrics as files: dropped anywhere on the page, chosen, or pasted into a dialog. */

import { byId, fill } from "./dom";
import { languageOfFile } from "./languages";
import { notice } from "./notices";
import type { Language } from "./types";

/** Larger files are for the command line. */
const MOST_BYTES = 64 * 2 ** 20;

interface Hooks {
  /** Takes in events; answers what is wrong with them. */
  events: (text: string) => string | undefined;
  metric: (source: string, language: Language) => void;
}

export function dropping(hooks: Hooks): void {
  const overlay = byId("drop");
  let depth = 0;
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
  addEventListener("dragenter", (event) => {
    if (!hasFiles(event)) return;
    depth += 1;
    overlay.hidden = false;
  });
  addEventListener("dragleave", (event) => {
    if (!hasFiles(event)) return;
    depth = Math.max(0, depth - 1);
    overlay.hidden = depth === 0;
  });
  addEventListener("dragover", (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  addEventListener(
    "drop",
    (event) => {
      if (!hasFiles(event)) return;
      // Before the editor sees it, which would take the file's text into the metric.
      event.preventDefault();
      event.stopPropagation();
      depth = 0;
      overlay.hidden = true;
      void take([...(event.dataTransfer?.files ?? [])], hooks);
    },
    true,
  );
  dialog(hooks);
}

async function take(files: readonly File[], hooks: Hooks): Promise<void> {
  for (const file of files) {
    if (file.size > MOST_BYTES) {
      notice(`${file.name} is too large for this page; use jurybox test.`, { bad: true });
      continue;
    }
    const text = await file.text();
    const language = languageOfFile(file.name);
    if (language) {
      hooks.metric(text, language);
      continue;
    }
    const wrong = hooks.events(text);
    if (wrong) notice(`${file.name}: ${wrong}`, { bad: true });
  }
}

function dialog(hooks: Hooks): void {
  const box = byId<HTMLDialogElement>("paste-dialog");
  const text = byId<HTMLTextAreaElement>("paste-text");
  const file = byId<HTMLInputElement>("paste-file");
  const error = byId("paste-error");
  byId("paste").addEventListener("click", () => {
    fill(error);
    box.showModal();
    text.focus();
  });
  byId("paste-cancel").addEventListener("click", () => box.close());
  byId("paste-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const wrong = hooks.events(text.value);
    fill(error, wrong ?? "");
    if (wrong) return;
    text.value = "";
    box.close();
  });
  file.addEventListener("change", () => {
    const chosen = [...(file.files ?? [])];
    file.value = "";
    box.close();
    void take(chosen, hooks);
  });
}
