/**
 * The editor.
 *
 * It lives in a shadow root. There, its styles are constructed style sheets, which need no exception in the content
 * security policy; in the document they would be `<style>` elements, which do.
 */

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { javascriptLanguage, typescriptLanguage } from "@codemirror/lang-javascript";
import { pythonLanguage } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, type Language as Grammar } from "@codemirror/language";
import { linter, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension, Prec } from "@codemirror/state";
import {
  drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers, placeholder,
} from "@codemirror/view";
import type { Diagnostic, Language } from "../types";
import { source as completionSource, type Vocabulary } from "./complete";
import { shown } from "./diagnostics";
import { hog } from "./hog";
import { theme } from "./theme";
import { wat } from "./wat";

const GRAMMARS: Record<Language, Grammar> = {
  hog,
  python: pythonLanguage,
  javascript: javascriptLanguage,
  typescript: typescriptLanguage,
  wasm: wat,
};

interface Options {
  vocabulary: Vocabulary;
  /** Called for each change of the text. */
  changed: () => void;
  run: () => void;
  save: () => void;
}

export class Editor {
  private readonly view: EditorView;
  private readonly languageSlot = new Compartment();
  private readonly options: Options;
  private current: Language = "hog";

  constructor(host: HTMLElement, options: Options) {
    this.options = options;
    const root = host.attachShadow({ mode: "open" });
    const mount = document.createElement("div");
    mount.style.height = "100%";
    root.append(mount);
    this.view = new EditorView({ state: this.state(""), parent: mount, root });
  }

  private state(text: string): EditorState {
    return EditorState.create({ doc: text, extensions: this.extensions() });
  }

  private extensions(): Extension {
    const command = (action: () => void) => () => {
      action();
      return true;
    };
    return [
      Prec.highest(
        keymap.of([
          { key: "Mod-Enter", run: command(this.options.run) },
          { key: "Mod-s", run: command(this.options.save) },
        ]),
      ),
      lineNumbers(),
      lintGutter(),
      linter(null),
      highlightActiveLine(),
      highlightActiveLineGutter(),
      highlightSpecialChars(),
      highlightSelectionMatches(),
      history(),
      drawSelection(),
      EditorState.allowMultipleSelections.of(true),
      indentOnInput(),
      bracketMatching(),
      closeBrackets(),
      autocompletion({ icons: true }),
      placeholder("Write a metric, or start from an example."),
      EditorView.contentAttributes.of({
        "aria-label": "Source of the metric",
        "aria-description": "Tab indents; press Escape, then Tab, to leave the editor.",
        spellcheck: "false",
        tabindex: "0",
      }),
      keymap.of([
        ...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...searchKeymap, ...historyKeymap, indentWithTab, ...defaultKeymap,
      ]),
      this.languageSlot.of(this.languageExtension()),
      theme,
      EditorView.updateListener.of((update) => {
        if (update.docChanged) this.options.changed();
      }),
    ];
  }

  private languageExtension(): Extension {
    const grammar = GRAMMARS[this.current];
    return [
      grammar.extension,
      indentUnit.of(this.current === "python" || this.current === "hog" ? "    " : "  "),
      grammar.data.of({ autocomplete: completionSource(this.current, this.options.vocabulary) }),
    ];
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  get language(): Language {
    return this.current;
  }

  set language(language: Language) {
    this.current = language;
    this.view.dispatch({ effects: this.languageSlot.reconfigure(this.languageExtension()) });
  }

  /** Opens another text, with a history of its own. */
  open(text: string, language: Language): void {
    this.current = language;
    this.view.setState(this.state(text));
  }

  focus(): void {
    this.view.focus();
  }

  /** Shows what the compiler says of the text as it is now. */
  diagnose(diagnostics: readonly Diagnostic[]): void {
    this.view.dispatch(setDiagnostics(this.view.state, shown(this.text, diagnostics)));
  }

  /** Goes to a line and selects it, from the column on if there is one (both from 1; columns in characters). */
  jump(line: number, column?: number | null): void {
    const { doc } = this.view.state;
    const target = doc.line(Math.min(Math.max(1, line), doc.lines));
    const characters = Array.from(target.text);
    const indentation = target.text.length - target.text.trimStart().length;
    const before = column ? characters.slice(0, column - 1).join("").length : indentation;
    const anchor = before < target.text.trimEnd().length ? target.from + before : target.from + indentation;
    this.view.dispatch({
      selection: { anchor, head: target.to },
      effects: EditorView.scrollIntoView(anchor, { y: "center" }),
    });
    this.view.focus();
  }
}
