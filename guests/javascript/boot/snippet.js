// Loading a snippet and calling it. REQUESTS.md says what a request may ask for.

import { failure, setFile } from "./failures.js";
import { settled } from "./settle.js";
import { Invalid } from "./answers.js";

const ENTRY_EXPORT = "$jurybox_entry";
const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/** A request that can't be met. */
class Refusal {
  constructor(message, kind = "convention") {
    this.message = message;
    this.kind = kind;
  }
}

/** What is loaded: how to run the code at the top and find the entry, how to call it. */
let snippet;

/** Makes a snippet ready and gives the answer to the request. */
export function load(request) {
  const { source, file, entry, form, convention } = request;
  setFile(file, source);
  try {
    const kind = KINDS[request.kind];
    if (kind === undefined) throw new Refusal(`the guest doesn't know the kind ${request.kind}`);
    const program = kind.prepare(source, entry);
    try {
      native.compile(program.text, file, kind.isModule, program.firstLine);
    } catch (thrown) {
      const error = located("syntax", thrown);
      // Imports are resolved here too, and deeply nested code runs out of stack.
      return { error: error.type === "SyntaxError" ? error : { ...error, kind: "exception" } };
    }
    const runsPerEvent = (request.runs ?? (form === "program" ? "event" : "load")) === "event";
    snippet = { kind, entry, form, parameters: request.parameters ?? [], runsPerEvent, found: undefined };
    if (!runsPerEvent) snippet.found = findEntry();
    return { ok: { convention: convention ?? null, entry, hints: [] } };
  } catch (thrown) {
    if (thrown instanceof Refusal) return { error: refused(thrown) };
    return { error: located("exception", thrown) };
  }
}

/** Calls the entry for an event; gives what it returns, which may be a promise. */
export function respond(document, argumentsFor) {
  const { form, parameters, runsPerEvent } = snippet;
  if (runsPerEvent || form === "globals" || form === "program") {
    const global = native.authorGlobal();
    const names = argumentsFor(document, "globals", parameters);
    for (const name of Object.keys(names)) {
      Object.defineProperty(global, name, { value: names[name], writable: true, enumerable: true, configurable: true });
    }
  }
  const entry = runsPerEvent ? foundAgain() : snippet.found;
  if (form === "program" || entry instanceof Invalid) return entry;
  return Reflect.apply(entry, undefined, form === "globals" ? [] : argumentsFor(document, form, parameters));
}

function foundAgain() {
  try {
    return findEntry();
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    return new Invalid(`nothing, because ${thrown.message}`);
  }
}

// Runs the code at the top and gives what the entry is then.
function findEntry() {
  const { kind, entry, form } = snippet;
  const found = kind.run(entry);
  if (form !== "program" && typeof found !== "function") {
    throw new Refusal(found === undefined ? `there is no function ${entry}` : `${entry} isn't a function`);
  }
  return found;
}

// What the code at the top exports; it may wait for promises, but not for ones that never resolve.
function moduleNamespace() {
  const finished = settled(native.run());
  if (finished instanceof Invalid) throw new Refusal(`the code at the top waits for ${finished.what}`, "exception");
  return native.namespace();
}

const KINDS = {
  script: {
    isModule: false,
    prepare: (source, entry) => {
      checked(entry);
      return { text: afterLineZero(source), firstLine: 0 };
    },
    run: (entry) => {
      native.run();
      native.runJobs();
      // Declarations of a script are in scope for the scripts after it, `let` and `class` too.
      return native.evaluate(ifDeclared(entry), "entry");
    },
  },

  module: {
    isModule: true,
    prepare: (source, entry) => {
      const exported = entry === "default" ? "" : `\nexport { ${checked(entry)} as ${ENTRY_EXPORT} };`;
      return { text: afterLineZero(source) + exported, firstLine: 0 };
    },
    run: (entry) => moduleNamespace()[entry === "default" ? "default" : ENTRY_EXPORT],
  },

  commonjs: {
    isModule: false,
    // What goes around the source has lines of its own, so that those of the source keep their numbers and columns.
    prepare: (source, entry) => {
      const result = exportPath(entry) === undefined ? ifDeclared(checked(entry)) : "undefined";
      const body = withoutHashbang(source);
      return { text: `(function (module, exports, require) {\n${body}\n;return ${result}; })`, firstLine: 0 };
    },
    run: (entry) => {
      const module = native.evaluate("({ exports: {} })", "entry");
      const { require } = native.authorGlobal();
      const local = Reflect.apply(native.run(), module.exports, [module, module.exports, require]);
      native.runJobs();
      const path = exportPath(entry);
      return path === undefined ? local : path.reduce((object, key) => object[key], module);
    },
  },
};

// The keys that lead from `module` to what is exported; undefined for a local name.
function exportPath(entry) {
  if (entry === "module.exports") return ["exports"];
  return entry.startsWith("exports.") ? ["exports", entry.slice("exports.".length)] : undefined;
}

function ifDeclared(name) {
  return `typeof ${name} === "undefined" ? undefined : ${name}`;
}

function checked(name) {
  if (typeof name !== "string" || !NAME.test(name)) throw new Refusal(`${JSON.stringify(name)} isn't a name`);
  return name;
}

// QuickJS counts columns from the end of the line before, and is one off where there is none.
function afterLineZero(source) {
  return `\n${withoutHashbang(source)}`;
}

// A line that starts with #! is a comment only where a program starts.
function withoutHashbang(source) {
  return source.startsWith("#!") ? `//${source.slice(2)}` : source;
}

function located(kind, thrown) {
  return { kind, ...failure(thrown), end_line: null, end_column: null };
}

function refused({ kind, message }) {
  const nowhere = { line: null, column: null, end_line: null, end_column: null };
  return { kind, type: null, message, ...nowhere, traceback: [] };
}
