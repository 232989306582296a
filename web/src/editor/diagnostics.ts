/** The compiler's findings, as the editor shows them. */

import type { Diagnostic as Shown } from "@codemirror/lint";
import type { EditorView } from "@codemirror/view";
import { h } from "../dom";
import type { Diagnostic } from "../types";

/** Turns offsets in UTF-8 into offsets in the editor's UTF-16. */
export function offsets(source: string, bytes: readonly number[]): Map<number, number> {
  const wanted = [...new Set(bytes)].sort((a, b) => a - b);
  const found = new Map<number, number>();
  let byte = 0;
  let unit = 0;
  for (const offset of wanted) {
    while (byte < offset && unit < source.length) {
      const point = source.codePointAt(unit) ?? 0;
      byte += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      unit += point > 0xffff ? 2 : 1;
    }
    found.set(offset, unit);
  }
  return found;
}

/** The diagnostics in the editor's terms, in the order of the text. */
export function shown(source: string, diagnostics: readonly Diagnostic[]): Shown[] {
  const at = offsets(source, diagnostics.flatMap(({ span, related }) => [span.start, span.end, ...(related ? [related.span.start] : [])]));
  const where = (byte: number): number => Math.min(at.get(byte) ?? 0, source.length);
  return diagnostics
    .map((diagnostic): Shown => {
      const from = where(diagnostic.span.start);
      const related = diagnostic.related;
      return {
        from,
        to: Math.max(from, where(diagnostic.span.end)),
        severity: diagnostic.severity,
        message: diagnostic.message,
        renderMessage: () => message(diagnostic),
        actions: related && [
          {
            name: `line ${related.start.line}: ${related.label}`,
            apply: (view: EditorView) => view.dispatch({ selection: { anchor: where(related.span.start) }, scrollIntoView: true }),
          },
        ],
      };
    })
    .sort((a, b) => a.from - b.from || a.to - b.to);
}

function message({ message, label, help, code }: Diagnostic): HTMLElement {
  return h(
    "span",
    {},
    message,
    " ",
    h("code", {}, code),
    help || label ? h("span", { class: "help" }, help ?? label) : null,
  );
}
