/**
 * How the editor looks. Its colours are the page's custom properties, which reach into the shadow root, so that one theme
 * serves dark and light.
 */

import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const look = EditorView.theme({
  "&": { height: "100%", color: "var(--text)", backgroundColor: "var(--panel)", fontSize: "13px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6", overflow: "auto" },
  ".cm-content": { caretColor: "var(--accent)", padding: "10px 0" },
  ".cm-line": { padding: "0 16px 0 8px" },
  ".cm-cursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, .cm-content ::selection":
    { backgroundColor: "var(--selection)" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  // See-through: the selection is drawn behind it.
  "&.cm-focused .cm-activeLine": { backgroundColor: "var(--line)" },
  ".cm-gutters": { backgroundColor: "var(--panel)", color: "var(--faint)", border: "none", paddingLeft: "4px" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 8px 0 6px", minWidth: "28px" },
  ".cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLineGutter": { color: "var(--text)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--match)", outline: "none" },
  ".cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--error-soft)" },
  ".cm-placeholder": { color: "var(--faint)" },
  ".cm-selectionMatch": { backgroundColor: "var(--match)" },
  ".cm-searchMatch": { backgroundColor: "var(--match)", outline: "1px solid var(--border-strong)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--selection)" },
  ".cm-gutter-lint": { width: "16px" },
  ".cm-gutter-lint .cm-gutterElement": { padding: "2px 0 0 3px" },
  ".cm-lint-marker": { width: "11px", height: "11px" },
  ".cm-lint-marker-error": { content: "none", backgroundColor: "var(--error)", clipPath: "polygon(50% 4%, 100% 96%, 0 96%)" },
  ".cm-lint-marker-warning": { content: "none", backgroundColor: "var(--warning)", clipPath: "polygon(50% 0, 100% 50%, 50% 100%, 0 50%)" },
  ".cm-lint-marker-info, .cm-lint-marker-hint": { content: "none", backgroundColor: "var(--accent)", borderRadius: "50%", transform: "scale(.7)" },
  ".cm-lintRange": { backgroundImage: "none", textDecoration: "underline wavy", textUnderlineOffset: "3px", textDecorationSkipInk: "none", paddingBottom: "1px" },
  ".cm-lintRange-error": { textDecorationColor: "var(--error)" },
  ".cm-lintRange-warning": { textDecorationColor: "var(--warning)" },
  ".cm-lintRange-info, .cm-lintRange-hint": { textDecorationColor: "var(--accent)", textDecorationStyle: "dotted" },
  ".cm-lintRange-active": { backgroundColor: "var(--error-soft)" },
  ".cm-lintPoint:after": { borderBottomColor: "var(--error)" },
  ".cm-lintPoint-warning:after": { borderBottomColor: "var(--warning)" },
  ".cm-tooltip": {
    backgroundColor: "var(--raised)", color: "var(--text)", border: "1px solid var(--border-strong)",
    borderRadius: "6px", boxShadow: "var(--shadow)", maxWidth: "min(520px, 90vw)",
  },
  ".cm-tooltip-lint": { fontFamily: "var(--sans)", fontSize: "12.5px", overflow: "hidden" },
  ".cm-diagnostic": { padding: "7px 10px", borderLeft: "3px solid var(--accent)", whiteSpace: "pre-wrap" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--error)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warning)" },
  ".cm-diagnosticAction": {
    font: "inherit", color: "var(--accent)", background: "none", border: "1px solid var(--border-strong)", borderRadius: "4px", cursor: "pointer",
  },
  ".cm-diagnostic .help": { color: "var(--muted)", display: "block", marginTop: "2px" },
  ".cm-diagnostic code": { fontFamily: "var(--mono)", color: "var(--faint)", fontSize: "11.5px" },
  ".cm-tooltip.cm-tooltip-autocomplete": { padding: "3px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "12.5px", maxHeight: "15em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 8px", borderRadius: "4px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-completionDetail": { fontStyle: "normal", color: "var(--faint)", marginLeft: "1em" },
  "li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "650" },
  ".cm-completionIcon": { opacity: ".55", width: "1.1em" },
  ".cm-tooltip.cm-completionInfo": { padding: "7px 10px", fontFamily: "var(--sans)", fontSize: "12.5px", maxWidth: "320px" },
  ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--text)", borderColor: "var(--border)" },
  ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--border)" },
  ".cm-panel.cm-search": { padding: "6px 10px", fontFamily: "var(--sans)" },
  ".cm-panel.cm-search label": { fontSize: "12px" },
  ".cm-textfield": { backgroundColor: "var(--panel)", border: "1px solid var(--border-strong)", borderRadius: "4px", color: "var(--text)", fontSize: "12.5px" },
  ".cm-button": { backgroundImage: "none", backgroundColor: "var(--panel)", border: "1px solid var(--border-strong)", borderRadius: "4px", color: "var(--text)", fontSize: "12px" },
  ".cm-panel.cm-search [name=close]": { color: "var(--muted)" },
});

const highlighting = HighlightStyle.define([
  { tag: [tags.keyword, tags.controlKeyword, tags.moduleKeyword, tags.operatorKeyword, tags.definitionKeyword], color: "var(--hl-keyword)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--hl-string)" },
  { tag: [tags.regexp, tags.escape], color: "var(--hl-regexp)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--hl-number)" },
  { tag: [tags.lineComment, tags.blockComment, tags.comment, tags.docComment, tags.docString], color: "var(--hl-comment)", fontStyle: "italic" },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.function(tags.definition(tags.variableName))], color: "var(--hl-function)" },
  { tag: [tags.special(tags.variableName), tags.self], color: "var(--hl-global)" },
  { tag: tags.propertyName, color: "var(--hl-property)" },
  { tag: [tags.typeName, tags.className, tags.namespace], color: "var(--hl-type)" },
  { tag: [tags.operator, tags.punctuation, tags.bracket, tags.derefOperator], color: "var(--hl-operator)" },
  { tag: tags.meta, color: "var(--hl-comment)" },
]);

export const theme = [look, syntaxHighlighting(highlighting)];
