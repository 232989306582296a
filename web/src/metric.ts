/** The metric in the editor: a new one or a stored evaluation, its draft, and saving it. */

import type { Evaluations } from "./api";
import { byId } from "./dom";
import { Drafts } from "./drafts";
import type { Editor } from "./editor/editor";
import { EXAMPLES, type Example } from "./examples";
import { toNumber, type Json } from "./json";
import { languageOf } from "./languages";
import { explain, notice } from "./notices";
import { fromPostHog, type OutputControls, PLAIN, toPostHog } from "./output";
import { type Answers, SaveDialog } from "./save-dialog";
import type { Evaluation, Language, OutputType } from "./types";

interface Hooks {
  /** Another metric is in the editor, or another language. */
  opened: () => void;
  /** The list of evaluations changed. */
  stored: () => void;
  /** Values of the last run. */
  values: () => Json[];
}

export class Metric {
  private evaluation: Evaluation | null = null;
  private readonly dialog = new SaveDialog();
  private readonly drafts: Drafts;
  private readonly language = byId<HTMLSelectElement>("language");

  constructor(
    project: number,
    private readonly posthog: Evaluations,
    private readonly editor: Editor,
    private readonly output: OutputControls,
    private readonly hooks: Hooks,
  ) {
    this.drafts = new Drafts(project);
    byId("save").addEventListener("click", () => this.save());
    byId("settings").addEventListener("click", () => this.settings());
    byId("revert").addEventListener("click", () => this.revert());
    byId("new").addEventListener("click", () => {
      this.open(null);
      this.editor.focus();
    });
    this.language.addEventListener("change", () => {
      this.editor.language = this.language.value as Language;
      this.touched();
      this.hooks.opened();
    });
  }

  /** Which evaluation is open; null for a new metric. */
  get id(): string | null {
    return this.evaluation?.id ?? null;
  }

  /** Opens a stored evaluation, or the new metric, as it was left. */
  open(evaluation: Evaluation | null): void {
    const language = evaluation ? languageOf(evaluation.evaluation_type) : undefined;
    if (evaluation && !language) {
      notice(`“${evaluation.name}” is no code: it can be changed through the API only.`);
      return;
    }
    this.evaluation = evaluation;
    // The address says what is open: it survives a reload, and can be passed on.
    history.replaceState(null, "", evaluation ? `#${evaluation.id}` : location.pathname);
    const draft = this.drafts.get(this.id);
    const example = EXAMPLES[0];
    if (draft) this.put(draft.source, languageOf(draft.language) ?? "hog", { ...PLAIN, ...draft.output });
    else if (evaluation && language) this.put(evaluation.evaluation_config.source ?? "", language, fromPostHog(evaluation));
    else if (example) this.put(example.source, example.language, example.output);
    this.describe();
    this.hooks.opened();
  }

  /** Replaces a new metric by another text; offers to take that back. */
  replace(source: string, language: Language, output = this.output.value): void {
    if (this.evaluation) this.open(null);
    const before = { source: this.editor.text, language: this.editor.language, output: this.output.value };
    this.put(source, language, output);
    this.touched();
    this.hooks.opened();
    this.editor.focus();
    if (before.source.trim() === "" || EXAMPLES.some((example) => example.source === before.source)) return;
    const back = (): void => {
      this.put(before.source, before.language, before.output);
      this.touched();
      this.hooks.opened();
    };
    notice("The text in the editor was replaced.", { action: { name: "Undo", run: back } });
  }

  example(example: Example): void {
    this.replace(example.source, example.language, example.output);
  }

  /** The text, the language or a rule was changed by the author. */
  touched(): void {
    if (this.evaluation && !this.isChanged()) this.drafts.remove(this.id);
    else this.drafts.set(this.id, { source: this.editor.text, language: this.editor.language, output: this.output.value });
    this.describe();
  }

  /** Saves: asks for a name first if there is none yet. */
  save(): void {
    const evaluation = this.evaluation;
    if (!evaluation) this.saveAsNew();
    else if (this.isChanged()) {
      this.update(evaluation, this.content(evaluation)).then(
        () => notice("Saved"),
        (error: unknown) => notice(`Not saved. ${explain(error)}`, { bad: true }),
      );
    }
  }

  private put(source: string, language: Language, output: typeof PLAIN): void {
    this.editor.open(source, language);
    this.language.value = language;
    this.output.value = output;
  }

  private isChanged(): boolean {
    const { evaluation } = this;
    if (!evaluation) return true;
    const { value } = this.output;
    return (
      this.editor.text !== (evaluation.evaluation_config.source ?? "") ||
      this.editor.language !== evaluation.evaluation_type ||
      JSON.stringify(value) !== JSON.stringify(fromPostHog(evaluation))
    );
  }

  private describe(): void {
    const { evaluation } = this;
    const changed = evaluation !== null && this.isChanged();
    const state = byId("metric-state");
    byId("metric-title").textContent = evaluation?.name ?? "New metric";
    state.textContent = evaluation ? (changed ? "not saved" : "saved") : "";
    state.classList.toggle("changed", changed);
    byId("revert").hidden = !changed;
    byId("settings").hidden = evaluation === null;
    const save = byId<HTMLButtonElement>("save");
    save.textContent = evaluation ? "Save" : "Save as evaluation";
    save.disabled = evaluation !== null && !changed;
    document.title = `${evaluation ? `${changed ? "● " : ""}${evaluation.name} – ` : ""}jurybox`;
  }

  /** The fields that the editor decides. PostHog checks type and configuration together, so they go together. */
  private content(stored: Evaluation | null, type?: OutputType): Json {
    const output = this.output.value;
    const typed = output.type === "any" && type ? { ...output, type } : output;
    const { bytecode: _, ...config } = stored?.evaluation_config ?? {};
    return {
      evaluation_type: this.editor.language,
      evaluation_config: { ...config, source: this.editor.text },
      ...toPostHog(typed, stored?.output_type === typed.type ? stored.output_config : {}),
    };
  }

  private answers({ name, description, enabled, conditions }: Answers): Json {
    return { name, description, enabled, conditions };
  }

  /** What the metric returns, when the author did not say: what it returned last. */
  private guess(): OutputType | null {
    if (this.output.value.type !== "any") return null;
    return this.hooks.values().some((value) => toNumber(value) !== undefined) ? "numeric" : "boolean";
  }

  private saveAsNew(): void {
    this.dialog.open(null, this.guess(), { save: (answers) => this.create(answers, null) });
  }

  private settings(): void {
    const { evaluation } = this;
    if (!evaluation) return;
    this.dialog.open(evaluation, this.guess(), {
      save: async (answers) => {
        await this.update(evaluation, { ...this.answers(answers), ...(this.isChanged() ? this.content(evaluation, answers.type) : {}) });
        notice("Saved");
      },
      copy: (answers) => this.create(answers, evaluation),
      remove: () => this.remove(evaluation),
    });
  }

  private async create(answers: Answers, origin: Evaluation | null): Promise<void> {
    const created = await this.posthog.create({ ...this.answers(answers), ...this.content(origin, answers.type) });
    this.drafts.remove(this.id);
    this.open(created);
    this.hooks.stored();
    notice(`“${created.name}” saved`);
  }

  private async update(evaluation: Evaluation, body: Json): Promise<void> {
    const updated = await this.posthog.update(evaluation.id, body);
    if (this.evaluation?.id === evaluation.id) {
      this.evaluation = updated;
      this.touched();
    }
    this.hooks.stored();
  }

  private async remove(evaluation: Evaluation): Promise<void> {
    await this.posthog.update(evaluation.id, { deleted: true });
    this.drafts.remove(evaluation.id);
    this.open(null);
    this.hooks.stored();
    const back = async (): Promise<void> => {
      try {
        this.open(await this.posthog.update(evaluation.id, { deleted: false }));
        this.hooks.stored();
      } catch (error) {
        notice(explain(error), { bad: true });
      }
    };
    notice(`“${evaluation.name}” deleted`, { action: { name: "Undo", run: () => void back() } });
  }

  private revert(): void {
    this.drafts.remove(this.id);
    this.open(this.evaluation);
    this.editor.focus();
  }
}
