// What an exception was, told in the words of the contract.

import { inspect } from "./inspect.js";

const readStack = Object.getOwnPropertyDescriptor(Error.prototype, "stack").get;

// As many as the contract allows; and as many classes as an error is looked through for.
const MOST_FRAMES = 20;

// How much of a chain of calls is looked through for a name, and told of it.
const MOST_LINES_OF_A_CHAIN = 12;
const LONGEST_IN_BRACKETS = 24;

let file = "";
let lines = [];

/** Names the author's file: only its frames are told. */
export function setFile(name, source) {
  file = name;
  lines = source.split(/\r\n?|\n/);
}

/** Gives type, message, place and frames of anything that was thrown. Never throws, unless memory or stack run out. */
export function failure(thrown) {
  const { type, message } = described(thrown);
  const frames = withoutConstructors(framesOf(thrown), thrown);
  const [first] = frames;
  return {
    type,
    message: first ? withName(message, first) : message,
    line: first ? first.line : null,
    column: first ? first.column : null,
    traceback: frames.slice(0, MOST_FRAMES).map((frame) => frame.text),
  };
}

function withName(message, { line, column, isInnermost }) {
  if (!isInnermost || (message !== "not a function" && message !== "not a constructor")) return message;
  const made = constructedAt({ line, column });
  if (made !== "") return `${made}not a constructor`;
  return message === "not a function" ? `${calledAt({ line, column })}${message}` : message;
}

// QuickJS doesn't say what is no function or constructor, but build.sh has it say where its name stands, or where the bracket
// of the arguments opens: "event.inputs.text.at is ". What a built-in function was given has no name here.
function calledAt({ line, column }) {
  const text = lines[line - 1] ?? "";
  const before = lines.slice(Math.max(0, line - MOST_LINES_OF_A_CHAIN), line - 1).map((each) => `${each}\n`).join("");
  const start = before.length + [...text].slice(0, column - 1).join("").length;
  const source = before + text;
  const [, name, next] = /^(#?[\p{ID_Continue}$]*)\s*(?:\?\.\s*)?(.?)/u.exec(source.slice(start));
  // A call that goes on in the next line is still one.
  if (next !== "(" && next !== "`" && next !== "") return "";
  const told = name === "" ? nameBefore(source, start) : receiverBefore(source, start) + name;
  return told === "" ? "" : `${told} is `;
}

// "new a.B(x)" has the place of `a`.
function constructedAt({ line, column }) {
  const characters = [...(lines[line - 1] ?? "")];
  if (!/(?<![\p{ID_Continue}$.])new\s+$/u.test(characters.slice(0, column - 1).join(""))) return "";
  const [name] = /^[\p{ID_Continue}$.#]*/u.exec(characters.slice(column - 1).join(""));
  return name === "" ? "" : `${name} is `;
}

// What stands before a name, up to its dot: "event.inputs." of `event.inputs.text`, nothing if there is no dot.
function receiverBefore(source, end) {
  const dot = /(\?\.|(?<!\.)\.)\s*$/.exec(source.slice(0, end));
  return dot === null ? "" : `${nameBefore(source, dot.index)}${dot[1]}`;
}

// What ends before `end`, briefly: arguments are "(...)", and so is whatever is long.
function nameBefore(source, end) {
  let at = source.slice(0, end).trimEnd().replace(/\?\.$/, "").trimEnd().length;
  let tail = "";
  while (")]".includes(source[at - 1] ?? " ")) {
    const open = opening(source, at - 1);
    if (open === -1) return `(...)${tail}`;
    const inside = source.slice(open, at);
    const isBrief = inside.length <= LONGEST_IN_BRACKETS && !inside.includes("\n");
    const rest = source.slice(0, open).trimEnd().replace(/\?\.$/, "");
    const isPostfix = /[\p{ID_Continue}$)\]"'`]$/u.test(rest) && !/\b(return|await|typeof|yield|void|delete|in|of|new|case)$/.test(rest);
    if (source[open] === "(" && isPostfix) tail = `(...)${tail}`;
    else tail = (isBrief ? inside : `${source[open]}...${source[at - 1]}`) + tail;
    if (!isPostfix) return tail;
    at = rest.length;
  }
  const [name] = /#?[\p{ID_Continue}$]*$/u.exec(source.slice(0, at));
  if (name !== "") return receiverBefore(source, at - name.length) + name + tail;
  const quote = source[at - 1] ?? "";
  const text = /(["'`])[^"'`\n]*\1$/.exec(source.slice(0, at));
  if (text !== null && text[0].length <= LONGEST_IN_BRACKETS) return text[0] + tail;
  return (/["'`]/.test(quote) ? `${quote}...${quote}` : "(...)") + tail;
}

// The place of the bracket that belongs to the closing one at `end`; -1 if there is none. Texts are passed over.
function opening(source, end) {
  let depth = 0;
  for (let at = end; at >= 0; at -= 1) {
    const character = source[at];
    if (")]}".includes(character)) depth += 1;
    else if ("([{".includes(character)) {
      depth -= 1;
      if (depth === 0) return at;
    } else if (`"'\``.includes(character)) {
      const other = source.lastIndexOf(character, at - 1);
      if (other > source.lastIndexOf("\n", at) || character === "`") at = other === -1 ? at : other;
    }
  }
  return -1;
}

function described(thrown) {
  // Without memory for an error object, QuickJS throws null.
  if (thrown === null && native.memoryWasExhausted()) return { type: "MemoryError", message: "out of memory" };
  if (typeof thrown !== "object" || thrown === null) {
    return { type: "Error", message: text(typeof thrown === "string" ? thrown : inspect(thrown)) };
  }
  const message = property(thrown, "message");
  if (typeof message !== "string") return { type: typeName(thrown), message: text(inspect(thrown)) };
  const type = typeName(thrown);
  if (type === "InternalError" && message === "out of memory") return { type: "MemoryError", message };
  return { type, message: text(message) };
}

// The error's own name; that of its class if nobody gave it one: `class Refusal extends Error {}` has the name "Error".
function typeName(thrown) {
  const name = property(thrown, "name");
  if (typeof name === "string" && name !== "" && name !== "Error") return text(name);
  if (!isError(thrown)) return "Error";
  const constructor = property(thrown, "constructor");
  const className = typeof constructor === "function" ? property(constructor, "name") : undefined;
  return typeof className === "string" && className !== "" ? text(className) : "Error";
}

function isError(value) {
  return native.className(value) === "Error" || native.className(value) === "DOMException";
}

// The property, or undefined if reading it fails.
function property(object, key) {
  try {
    return object?.[key];
  } catch {
    return undefined;
  }
}

function text(value) {
  return value.isWellFormed() ? value : value.toWellFormed();
}

// An author's class of errors has its constructor for the innermost frame; where the error was made says more.
function withoutConstructors(frames, thrown) {
  const names = new Set();
  for (let object = property(thrown, "constructor"); typeof object === "function"; object = prototypeOf(object)) {
    names.add(`at ${property(object, "name")} (`);
    if (names.size === MOST_FRAMES) break;
  }
  const first = frames.findIndex((frame) => !names.has(frame.text.slice(0, frame.text.lastIndexOf("(") + 1)));
  return first === -1 ? frames : frames.slice(first);
}

function prototypeOf(object) {
  try {
    return Object.getPrototypeOf(object);
  } catch {
    return undefined;
  }
}

function stackOf(thrown) {
  switch (native.className(thrown)) {
    case "Error":
      return readStack.call(thrown);
    case "DOMException":
      return Object.getOwnPropertyDescriptor(thrown, "stack")?.value;
    default:
      return native.takeTrace();
  }
}

// A stack has lines such as "    at grade (metric.js:3:9)", or "    at metric.js:1:5" for errors of syntax.
function framesOf(thrown) {
  const stack = stackOf(thrown);
  if (typeof stack !== "string") return [];
  const frames = [];
  for (const [index, line] of stack.split("\n").entries()) {
    const start = line.lastIndexOf(`${file}:`);
    if (start <= 0 || !/[( ]/.test(line[start - 1])) continue;
    const place = /^(\d+):(\d+)(\)?)$/.exec(line.slice(start + file.length + 1));
    if (!place) continue;
    const number = Number(place[1]);
    const column = inCharacters(lines[number - 1] ?? "", Number(place[2]));
    frames.push({ line: number, column, isInnermost: index === 0, text: `${line.slice(0, start).trimStart().replace(/^at <eval> /, "at <top> ")}${file}:${number}:${column}${place[3]}` });
  }
  return frames;
}

// QuickJS counts the bytes of a line in UTF-8.
function inCharacters(line, column) {
  let bytes = 0;
  let characters = 0;
  for (const character of line) {
    if (bytes >= column - 1) break;
    const code = character.codePointAt(0);
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    characters += 1;
  }
  // Columns past the end, such as that of a missing bracket.
  return characters + 1 + Math.max(0, column - 1 - bytes);
}
