/** What was written and not saved yet, kept in the browser: one draft for each evaluation, and one for a new metric. */

import type { Output } from "./output";
import type { Language } from "./types";

export interface Draft {
  source: string;
  language: Language;
  output: Output;
  /** When it was last changed, in milliseconds since 1970. */
  at: number;
}

const PREFIX = "jurybox.draft";
const MOST_DRAFTS = 40;

export class Drafts {
  private readonly prefix: string;

  constructor(project: number) {
    this.prefix = `${PREFIX}:${project}:`;
  }

  /** The draft of an evaluation, or (null) of a new metric. */
  get(id: string | null): Draft | undefined {
    const text = localStorage.getItem(this.prefix + (id ?? "new"));
    if (text === null) return undefined;
    try {
      const draft = JSON.parse(text);
      return typeof draft?.source === "string" && typeof draft.output === "object" ? draft : undefined;
    } catch {
      return undefined;
    }
  }

  set(id: string | null, draft: Omit<Draft, "at">): void {
    try {
      localStorage.setItem(this.prefix + (id ?? "new"), JSON.stringify({ ...draft, at: Date.now() }));
      this.prune();
    } catch {
      // The browser's storage is full or switched off: the text is still in the editor.
    }
  }

  remove(id: string | null): void {
    localStorage.removeItem(this.prefix + (id ?? "new"));
  }

  private prune(): void {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(`${PREFIX}:`));
    if (keys.length <= MOST_DRAFTS) return;
    const age = (key: string): number => {
      try {
        return JSON.parse(localStorage.getItem(key) ?? "").at ?? 0;
      } catch {
        return 0;
      }
    };
    const oldest = keys.map((key) => [age(key), key] as const).sort(([a], [b]) => a - b);
    for (const [, key] of oldest.slice(0, keys.length - MOST_DRAFTS)) localStorage.removeItem(key);
  }
}
