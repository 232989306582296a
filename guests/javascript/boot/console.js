// The author's `console`: whatever the method, lines of text to the host.

import { format } from "./inspect.js";

let indentation = "";
const counts = new Map();

function write(...values) {
  const text = format(values).toWellFormed();
  for (const line of text.split("\n")) native.log(indentation + line);
}

/** The implementations by name, each with the `length` its function shows. */
export const consoleFunctions = {
  write: [0, write],

  assert: [0, (condition, ...values) => {
    if (!condition) write("Assertion failed" + (values.length > 0 ? ":" : ""), ...values);
  }],

  count: [0, (label = "default") => {
    const name = `${label}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    write(`${name}: ${counts.get(name)}`);
  }],

  group: [0, (...values) => {
    if (values.length > 0) write(...values);
    indentation += "  ";
  }],

  groupEnd: [0, () => {
    indentation = indentation.slice(2);
  }],

  // Time stands still, so every timer has measured nothing.
  timeEnd: [0, (label = "default") => write(`${label}: 0ms`)],
};
