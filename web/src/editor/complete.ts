/** Completion: the Hog library and keywords, an event's fields, and the names that the metric itself declares. */

import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { snippetCompletion } from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import { propertiesOf, type Sample } from "../samples";
import { isObject, type Json } from "../json";
import type { Completion as Known, Completions, Language } from "../types";
import { KEYWORDS } from "./hog";

/** Fields of the event document that metrics in Python and JavaScript get (see docs/conventions.md). */
const DOCUMENT = ["id", "input", "output", "input_text", "output_text", "expected", "metadata", "properties", "model", "tool_calls"];
/** What such a metric's parameters are called that are the document itself. */
const DOCUMENTS = new Set(["event", "args", "ctx"]);
/** How deep, and how many, keys of samples are offered. */
const MOST_LEVELS = 3;
const MOST_FIELDS = 600;

/** Everything that is known besides the text in the editor. */
export class Vocabulary {
  private functions: Known[] = [];
  private fields = new Map<string, string>();
  private sampled = new Map<string, string>();

  /** What the server knows. */
  learn(completions: Completions): void {
    this.functions = completions.hog ?? [];
    for (const field of completions.fields ?? []) {
      if (typeof field === "string") this.fields.set(field, "");
      else this.fields.set(field.name, field.info ?? field.signature ?? "");
    }
  }

  /** What the samples have. */
  observe(samples: readonly Sample[]): void {
    this.sampled.clear();
    for (const sample of samples.slice(0, 60)) this.walk("properties", propertiesOf(sample.body), 1);
  }

  private walk(path: string, value: Json, level: number): void {
    if (!isObject(value) || level > MOST_LEVELS) return;
    for (const [name, inner] of Object.entries(value)) {
      if (this.sampled.size >= MOST_FIELDS) return;
      if (!/^[A-Za-z_$][\w$]*$/.test(name)) continue;
      this.sampled.set(`${path}.${name}`, kindOf(inner));
      this.walk(`${path}.${name}`, inner, level + 1);
    }
  }

  /** The names one level below a path ("" for the top), each with a few words. */
  below(path: string): Completion[] {
    const prefix = path === "" ? "" : `${path}.`;
    const names = new Map<string, string>();
    for (const known of [this.fields, this.sampled]) {
      for (const [field, about] of known) {
        if (!field.startsWith(prefix)) continue;
        const [name = "", ...rest] = field.slice(prefix.length).split(".");
        if (name !== "" && !names.get(name)) names.set(name, rest.length === 0 ? about : "");
      }
    }
    return [...names].map(([label, about]) => ({
      label,
      type: path === "" ? "variable" : "property",
      ...(about.length > 24 ? { info: about } : { detail: about }),
      boost: 2,
    }));
  }

  /** The library of Hog. */
  library(): Completion[] {
    return this.functions.map(({ name, signature, info }) =>
      snippetCompletion(`${name}(\${})`, { label: name, type: "function", detail: signature?.replace(name, ""), info }),
    );
  }
}

function kindOf(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  return isObject(value) ? "object" : typeof value === "object" ? "number" : typeof value;
}

const keywords: Completion[] = [...KEYWORDS, "true", "false", "null"].map((label) => ({ label, type: "keyword", boost: -1 }));

/** Names that the program declares before the cursor. */
function declared(context: CompletionContext): Completion[] {
  const before = context.state.sliceDoc(0, context.pos);
  const names = new Set<string>();
  for (const match of before.matchAll(/\b(?:let|fun|fn|catch\s*\()\s+([A-Za-z_$][\w$]*)/g)) names.add(match[1] ?? "");
  for (const match of before.matchAll(/\bfor\s*\(\s*let\s+([\w$]+)(?:\s*,\s*([\w$]+))?/g)) {
    for (const name of match.slice(1)) if (name) names.add(name);
  }
  names.delete("");
  return [...names].map((label) => ({ label, type: "variable", boost: 3 }));
}

/** Whether the cursor is where words are just text. */
function isInText(context: CompletionContext): boolean {
  const name = syntaxTree(context.state).resolveInner(context.pos, -1).name.toLowerCase();
  return name.includes("comment") || name === "string" || name === "templatestring";
}

function hog(context: CompletionContext, vocabulary: Vocabulary): CompletionResult | null {
  const path = context.matchBefore(/[A-Za-z_$][\w$]*(\??\.[\w$]*)+/);
  if (isInText(context)) return null;
  if (path) {
    const parts = path.text.replaceAll("?", "").split(".");
    const last = parts.pop() ?? "";
    const options = vocabulary.below(parts.join("."));
    return options.length === 0 ? null : { from: context.pos - last.length, options, validFor: /^[\w$]*$/ };
  }
  const word = context.matchBefore(/[A-Za-z_$][\w$]*/);
  if (!word && !context.explicit) return null;
  return {
    from: word?.from ?? context.pos,
    options: [...declared(context), ...vocabulary.below(""), ...vocabulary.library(), ...keywords],
    validFor: /^[\w$]*$/,
  };
}

/** `event.`, `event["`, `properties["`, `event.properties.` and the like in Python and JavaScript. */
function interpreted(context: CompletionContext, vocabulary: Vocabulary): CompletionResult | null {
  const path = context.matchBefore(/[A-Za-z_]\w*((\??\.[\w$]*)|(\[["'][\w$]*["']\])|(\.get\(["'][\w$]*["']\)))*((\??\.)|(\[["'])|(\.get\(["']))[\w$]*/);
  if (!path) return null;
  const parts = path.text.split(/\??\.get\(["']|\["|\['|["'][\])]|\??\./).filter((part, index, all) => part !== "" || index === all.length - 1);
  const last = parts.pop() ?? "";
  const base = parts.join(".");
  const inside = /(^|\.)properties(\.|$)/.exec(base);
  const options = inside
    ? vocabulary.below(base.slice(inside.index).replace(/^\./, ""))
    : DOCUMENTS.has(base)
      ? DOCUMENT.map((label) => ({ label, type: "property" }))
      : [];
  return options.length === 0 ? null : { from: context.pos - last.length, options, validFor: /^[\w$]*$/ };
}

/** The completions of a language. */
export function source(language: Language, vocabulary: Vocabulary) {
  return (context: CompletionContext): CompletionResult | null => {
    if (language === "wasm") return null;
    return language === "hog" ? hog(context, vocabulary) : interpreted(context, vocabulary);
  };
}
