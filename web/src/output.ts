/** What a metric returns and which of it passes: the controls below the editor, and the two APIs' words for it. */

import { byId } from "./dom";
import { isObject, toNumber, type Json } from "./json";
import type { Evaluation, OutputType } from "./types";

export interface Output {
  /** "any" is for trying only: saved evaluations have a type. */
  type: OutputType | "any";
  allowsNa: boolean;
  passWhen: boolean;
  operator: "gte" | "lte";
  /** Null: no rule. */
  threshold: number | null;
  /** Bounds of the values, of stored evaluations that have some. */
  min: number | null;
  max: number | null;
  /** Whether there may be several categories at a time. */
  multiple: boolean;
  categories: string[];
  passing: string[];
}

export const PLAIN: Output = {
  type: "boolean",
  allowsNa: false,
  passWhen: true,
  operator: "gte",
  threshold: null,
  min: null,
  max: null,
  multiple: false,
  categories: [],
  passing: [],
};

/** As `options` of an evaluation. */
export function toOptions(output: Output): Json {
  const { type, threshold, passing } = output;
  const common = { allows_na: output.allowsNa };
  switch (type) {
    case "boolean":
      return { ...common, returns: "boolean", pass_rule: { equals: output.passWhen } };
    case "numeric":
      return {
        ...common,
        returns: { number_within: { min: output.min, max: output.max } },
        pass_rule: threshold === null ? "none" : { within: output.operator === "gte" ? { min: threshold } : { max: threshold } },
      };
    case "categorical":
      return {
        ...common,
        returns: { [output.multiple ? "categorical" : "category"]: output.categories },
        pass_rule: passing.length ? { one_of: passing } : "none",
      };
    case "any":
      return common;
  }
}

/** As PostHog's `output_type` and `output_config`. What else the stored configuration has is kept. */
export function toPostHog(output: Output, stored: Json = {}): { output_type: OutputType; output_config: Json } {
  const type = output.type === "any" ? "boolean" : output.type;
  const kept = isObject(stored) ? stored : {};
  const base = { ...kept, allows_na: output.allowsNa };
  switch (type) {
    case "boolean":
      return {
        output_type: type,
        output_config: output.passWhen && !("true_is_failure" in kept) ? base : { ...base, true_is_failure: !output.passWhen },
      };
    case "numeric":
      return {
        output_type: type,
        output_config: {
          ...base,
          passing_rule: output.threshold === null ? null : { operator: output.operator, threshold: output.threshold },
        },
      };
    case "categorical": {
      const labels = new Map<string, string>(
        Array.isArray(kept.options) ? kept.options.map((option: Json) => [option?.key, option?.label]) : [],
      );
      return {
        output_type: type,
        output_config: {
          ...base,
          selection_mode: output.multiple ? "multiple" : "single",
          options: output.categories.map((key) => ({ key, label: labels.get(key) ?? key })),
          passing_rule: output.passing.length ? { categories: output.passing } : null,
        },
      };
    }
  }
}

/** Of a stored evaluation. */
export function fromPostHog({ output_type: type, output_config: config }: Evaluation): Output {
  const settings = isObject(config) ? config : {};
  const rule = isObject(settings.passing_rule) ? settings.passing_rule : {};
  const keys = (value: Json): string[] => (Array.isArray(value) ? value.filter((key) => typeof key === "string") : []);
  return {
    type: type === "numeric" || type === "categorical" ? type : "boolean",
    allowsNa: settings.allows_na === true,
    passWhen: settings.true_is_failure !== true,
    operator: rule.operator === "lte" ? "lte" : "gte",
    threshold: toNumber(rule.threshold) ?? null,
    min: toNumber(settings.min) ?? null,
    max: toNumber(settings.max) ?? null,
    multiple: settings.selection_mode === "multiple",
    categories: keys(Array.isArray(settings.options) ? settings.options.map((option: Json) => option?.key) : []),
    passing: keys(rule.categories),
  };
}

const list = (text: string): string[] => [...new Set(text.split(/[,\n]/).map((item) => item.trim()).filter(Boolean))];

/** The controls. */
export class OutputControls {
  private readonly type = byId<HTMLSelectElement>("output-type");
  private readonly passWhen = byId<HTMLSelectElement>("pass-when");
  private readonly operator = byId<HTMLSelectElement>("pass-operator");
  private readonly threshold = byId<HTMLInputElement>("pass-threshold");
  private readonly mode = byId<HTMLSelectElement>("selection-mode");
  private readonly categories = byId<HTMLInputElement>("categories");
  private readonly passing = byId<HTMLInputElement>("pass-categories");
  private readonly allowNa = byId<HTMLInputElement>("allow-na");
  private bounds: Pick<Output, "min" | "max"> = PLAIN;

  constructor(changed: () => void) {
    for (const control of [this.type, this.passWhen, this.operator, this.threshold, this.mode, this.categories, this.passing, this.allowNa]) {
      control.addEventListener("input", () => {
        this.arrange();
        changed();
      });
    }
  }

  private arrange(): void {
    for (const type of ["boolean", "numeric", "categorical"]) byId(`rule-${type}`).hidden = this.type.value !== type;
  }

  get value(): Output {
    const threshold = this.threshold.valueAsNumber;
    return {
      type: this.type.value as Output["type"],
      allowsNa: this.allowNa.checked,
      passWhen: this.passWhen.value === "true",
      operator: this.operator.value === "lte" ? "lte" : "gte",
      threshold: Number.isFinite(threshold) ? threshold : null,
      min: this.bounds.min,
      max: this.bounds.max,
      multiple: this.mode.value === "multiple",
      categories: list(this.categories.value),
      passing: list(this.passing.value),
    };
  }

  set value(output: Output) {
    this.type.value = output.type;
    this.passWhen.value = String(output.passWhen);
    this.operator.value = output.operator;
    this.threshold.value = output.threshold === null ? "" : String(output.threshold);
    this.bounds = { min: output.min, max: output.max };
    this.mode.value = output.multiple ? "multiple" : "single";
    this.categories.value = output.categories.join(", ");
    this.passing.value = output.passing.join(", ");
    this.allowNa.checked = output.allowsNa;
    this.arrange();
  }
}
