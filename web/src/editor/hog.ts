/** Hog for the editor: highlighting, indentation, comments. */

import { type StreamParser, StreamLanguage, type StringStream } from "@codemirror/language";

export const KEYWORDS = [
  "let", "fun", "fn", "return", "if", "else", "while", "for", "in", "try", "catch", "throw", "and", "or", "not",
  "is", "like", "ilike", "between", "case", "when", "then", "end",
];
const ATOMS = ["true", "false", "null", "inf", "nan"];
export const GLOBALS = ["input", "output", "properties", "event", "target", "evaluation_events"];

const keywords = new Set(KEYWORDS);
const atoms = new Set(ATOMS);
const globals = new Set(GLOBALS);

/** Where the tokenizer is: code, whose braces are counted, or the text of a template (`f'...'`). */
interface Context {
  kind: "code" | "template";
  /** Open braces inside `{...}` of a template. */
  braces: number;
}

interface State {
  contexts: Context[];
  comment: boolean;
  /** Open brackets, for indentation. */
  depth: number;
  /** Whether the last token was a dot: what follows is a property's name. */
  dot: boolean;
}

function quoted(stream: StringStream, quote: string): void {
  while (!stream.eol()) {
    const next = stream.next();
    if (next === "\\") stream.next();
    else if (next === quote && !stream.eat(quote)) return;
  }
}

function template(stream: StringStream, state: State): string {
  while (!stream.eol()) {
    if (stream.peek() === "{") {
      if (stream.pos > stream.start) return "string";
      stream.next();
      state.contexts.push({ kind: "code", braces: 0 });
      return "brace";
    }
    const next = stream.next();
    if (next === "\\") stream.next();
    else if (next === "'" && !stream.eat("'")) {
      state.contexts.pop();
      return "string";
    }
  }
  return "string";
}

function comment(stream: StringStream, state: State): string {
  if (stream.skipTo("*/")) {
    stream.match("*/");
    state.comment = false;
  } else {
    stream.skipToEnd();
  }
  return "comment";
}

function word(stream: StringStream, afterDot: boolean): string {
  const text = stream.current();
  if (afterDot) return "propertyName";
  const lower = text.toLowerCase();
  if (keywords.has(lower)) return "keyword";
  if (atoms.has(lower)) return "atom";
  if (globals.has(text)) return "variableName.special";
  if (stream.match(/^\s*\(/, false)) return "variableName.function";
  return "variableName";
}

function code(stream: StringStream, state: State, context: Context): string | null {
  const afterDot = state.dot;
  state.dot = false;
  if (stream.match(/^(\/\/|--|#)/)) {
    stream.skipToEnd();
    return "comment";
  }
  if (stream.match("/*")) {
    state.comment = true;
    return comment(stream, state);
  }
  if (stream.match(/^[fF]'/)) {
    state.contexts.push({ kind: "template", braces: 0 });
    return "string";
  }
  if (stream.match(/^(0[xX][\da-fA-F.]+|0[bB][01]+|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)/)) return "number";
  if (stream.match(/^[A-Za-z_$][\w$]*/)) return word(stream, afterDot);
  const next = stream.next();
  switch (next) {
    case "'":
      quoted(stream, "'");
      return "string";
    case '"':
    case "`":
      quoted(stream, next);
      return "variableName";
    case "{":
    case "(":
    case "[":
      state.depth += 1;
      if (next === "{") context.braces += 1;
      return next === "{" ? "brace" : "bracket";
    case "}":
      if (context.braces === 0 && state.contexts.length > 1) {
        state.contexts.pop();
        return "brace";
      }
      context.braces = Math.max(0, context.braces - 1);
      state.depth = Math.max(0, state.depth - 1);
      return "brace";
    case ")":
    case "]":
      state.depth = Math.max(0, state.depth - 1);
      return "bracket";
    case ".":
      state.dot = true;
      return "punctuation";
    case ",":
    case ";":
      return "punctuation";
    default:
      stream.match(/^[=<>~*|?!:+-]+/);
      return "operator";
  }
}

export const hogParser: StreamParser<State> = {
  name: "hog",
  startState: () => ({ contexts: [{ kind: "code", braces: 0 }], comment: false, depth: 0, dot: false }),
  copyState: (state) => ({ ...state, contexts: state.contexts.map((context) => ({ ...context })) }),
  token(stream, state) {
    if (state.comment) return comment(stream, state);
    const context = state.contexts.at(-1) ?? { kind: "code", braces: 0 };
    if (context.kind === "template") return template(stream, state);
    if (stream.eatSpace()) return null;
    return code(stream, state, context);
  },
  indent(state, textAfter, context) {
    const closing = /^\s*[}\])]/.test(textAfter) ? 1 : 0;
    return Math.max(0, state.depth - closing) * context.unit;
  },
  languageData: {
    commentTokens: { line: "//", block: { open: "/*", close: "*/" } },
    closeBrackets: { brackets: ["(", "[", "{", "'"] },
    indentOnInput: /^\s*[}\])]$/,
    wordChars: "$",
  },
};

export const hog = StreamLanguage.define(hogParser);
