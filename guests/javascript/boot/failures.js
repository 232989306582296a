// What an exception was, told in the words of the contract.

import { inspect } from "./inspect.js";

const readStack = Object.getOwnPropertyDescriptor(Error.prototype, "stack").get;

// As many as the contract allows; and as many classes as an error is looked through for.
const MOST_FRAMES = 20;

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
    message: first && message === "not a function" ? `${calledAt(first)}not a function` : message,
    line: first ? first.line : null,
    column: first ? first.column : null,
    traceback: frames.slice(0, MOST_FRAMES).map((frame) => frame.text),
  };
}

// QuickJS doesn't say what is no function, but it says where: "event.inputs.text.at is ".
function calledAt({ line, column }) {
  const characters = [...(lines[line - 1] ?? "")];
  const before = /[\w$.?]*$/.exec(characters.slice(0, column - 1).join(""))[0];
  const after = /^[\w$]*/.exec(characters.slice(column - 1).join(""))[0];
  return after === "" ? "" : `${before}${after} is `;
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
  for (const line of stack.split("\n")) {
    const start = line.lastIndexOf(`${file}:`);
    if (start <= 0 || !/[( ]/.test(line[start - 1])) continue;
    const place = /^(\d+):(\d+)(\)?)$/.exec(line.slice(start + file.length + 1));
    if (!place) continue;
    const number = Number(place[1]);
    const column = inCharacters(lines[number - 1] ?? "", Number(place[2]));
    frames.push({ line: number, column, text: `${line.slice(0, start).trimStart().replace(/^at <eval> /, "at <top> ")}${file}:${number}:${column}${place[3]}` });
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
