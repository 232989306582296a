/** Asks for what an evaluation has besides its source: name, description, whether and on what it runs. */

import { byId, fill, h } from "./dom";
import { show } from "./json";
import { explain } from "./notices";
import type { ConditionSet, Evaluation, OutputType } from "./types";

/** What the reader decided. */
export interface Answers {
  name: string;
  description: string;
  enabled: boolean;
  conditions: ConditionSet[];
  /** When the metric has no type yet. */
  type: OutputType;
}

interface Actions {
  save: (answers: Answers) => Promise<void>;
  copy?: (answers: Answers) => Promise<void>;
  remove?: () => Promise<void>;
}

export class SaveDialog {
  private readonly dialog = byId<HTMLDialogElement>("save-dialog");
  private readonly name = byId<HTMLInputElement>("save-name");
  private readonly description = byId<HTMLTextAreaElement>("save-description");
  private readonly enabled = byId<HTMLInputElement>("save-enabled");
  private readonly error = byId("save-error");
  private conditions: { set: ConditionSet; rollout: HTMLInputElement }[] = [];
  private actions: Actions | undefined;

  constructor() {
    byId("save-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.attempt(this.actions?.save);
    });
    byId("save-copy").addEventListener("click", () => void this.attempt(this.actions?.copy));
    byId("save-delete").addEventListener("click", () => void this.attempt(this.actions?.remove));
    byId("save-cancel").addEventListener("click", () => this.dialog.close());
  }

  /** Opens it: for a new evaluation, or for a stored one. `guess` is what the metric returns, if it has to be asked. */
  open(evaluation: Evaluation | null, guess: OutputType | null, actions: Actions): void {
    this.actions = actions;
    byId("save-title").textContent = evaluation ? "Evaluation settings" : "Save as evaluation";
    byId("save-submit").textContent = "Save";
    byId("save-copy").hidden = byId("save-delete").hidden = evaluation === null;
    byId("save-type").hidden = guess === null;
    for (const option of this.types) option.checked = option.value === (guess === "numeric" ? "numeric" : "boolean");
    this.name.value = evaluation?.name ?? "";
    this.description.value = evaluation?.description ?? "";
    this.enabled.checked = evaluation?.enabled ?? true;
    this.drawConditions(evaluation?.conditions.length ? evaluation.conditions : [{ id: "everything", rollout_percentage: 100, properties: [] }]);
    fill(this.error);
    this.dialog.showModal();
    this.name.focus();
    this.name.select();
  }

  private get types(): HTMLInputElement[] {
    return [...document.querySelectorAll<HTMLInputElement>('input[name="save-type"]')];
  }

  private drawConditions(sets: readonly ConditionSet[]): void {
    this.conditions = sets.map((set) => ({
      set,
      rollout: h("input", {
        type: "number", min: 0, max: 100, step: "any", required: true, value: set.rollout_percentage ?? 100, "aria-label": "Percent of the events",
      }),
    }));
    fill(
      byId("save-conditions"),
      ...this.conditions.map(({ set, rollout }) =>
        h("div", { class: "condition" }, rollout, h("span", {}, "% of the generations"), filters(set)),
      ),
    );
  }

  private async attempt(action?: (answers: Answers) => Promise<void>): Promise<void> {
    if (!action || !byId<HTMLFormElement>("save-form").reportValidity()) return;
    fill(this.error);
    const submit = byId<HTMLButtonElement>("save-submit");
    submit.disabled = true;
    try {
      await action({
        name: this.name.value.trim(),
        description: this.description.value.trim(),
        enabled: this.enabled.checked,
        conditions: this.conditions.map(({ set, rollout }) => ({ ...set, rollout_percentage: rollout.valueAsNumber })),
        type: this.types.find(({ checked }) => checked)?.value === "numeric" ? "numeric" : "boolean",
      });
      this.dialog.close();
    } catch (error) {
      fill(this.error, explain(error));
    } finally {
      submit.disabled = false;
    }
  }
}

/** The property filters of a set, to read: the API sets them. */
function filters({ properties }: ConditionSet): HTMLElement {
  const all = properties ?? [];
  if (all.length === 0) return h("span", { class: "fine" }, "as they arrive");
  const words = all.map(({ key, operator, value }) => [key ?? "?", (operator ?? "exact").replaceAll("_", " "), value === undefined ? "" : show(value)].join(" ").trim());
  return h("span", {}, "where ", h("code", {}, words.join(" and ")));
}
