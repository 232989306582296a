/** The text form of WebAssembly for the editor: highlighting only. */

import { StreamLanguage } from "@codemirror/language";

export const wat = StreamLanguage.define<{ comment: number }>({
  name: "wat",
  startState: () => ({ comment: 0 }),
  token(stream, state) {
    if (state.comment > 0 || stream.match("(;")) {
      state.comment ||= 1;
      while (!stream.eol()) {
        if (stream.match(";)")) {
          state.comment -= 1;
          if (state.comment === 0) break;
        } else if (stream.match("(;")) {
          state.comment += 1;
        } else {
          stream.next();
        }
      }
      return "comment";
    }
    if (stream.eatSpace()) return null;
    if (stream.match(";;")) {
      stream.skipToEnd();
      return "comment";
    }
    if (stream.match(/^"([^"\\]|\\.)*"?/)) return "string";
    if (stream.match(/^\$[^\s()";]+/)) return "variableName";
    if (stream.match(/^[+-]?(0x[\da-fA-F_.p+-]+|\d[\d_]*(\.[\d_]*)?([eE][+-]?\d+)?|inf|nan)(?=[\s()]|$)/)) return "number";
    if (stream.match(/^(i32|i64|f32|f64|v128|funcref|externref)(?=[\s()]|$)/)) return "typeName";
    if (stream.match(/^[a-z][\w.=]*/)) return "keyword";
    return /[()]/.test(stream.next() ?? "") ? "bracket" : null;
  },
  languageData: { commentTokens: { line: ";;", block: { open: "(;", close: ";)" } } },
});
