/** The languages of metrics: names, and what files of them are called. */

import type { Language } from "./types";

export const LANGUAGES: readonly Language[] = ["hog", "python", "javascript", "typescript", "wasm"];

const NAMES: Record<string, string> = {
  hog: "Hog",
  python: "Python",
  javascript: "JavaScript",
  typescript: "TypeScript",
  wasm: "WebAssembly text",
  llm_judge: "LLM judge",
  sentiment: "Sentiment",
};

const SUFFIXES: Record<string, Language> = {
  hog: "hog", py: "python", js: "javascript", mjs: "javascript", cjs: "javascript",
  ts: "typescript", mts: "typescript", cts: "typescript", wat: "wasm",
};

export function languageName(type: string): string {
  return NAMES[type] ?? type;
}

/** The language of an evaluation type, if it is code. */
export function languageOf(type: string): Language | undefined {
  return LANGUAGES.find((language) => language === type);
}

/** The language of a file, from its name. */
export function languageOfFile(name: string): Language | undefined {
  return SUFFIXES[name.split(".").pop()?.toLowerCase() ?? ""];
}
