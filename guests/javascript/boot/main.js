// The code between the host and a snippet. It runs in a realm of its own: nothing a snippet does to built-in objects
// reaches this code, so it may use them freely. Two rules keep it that way: no function or object that is made here is handed to
// the author's code (`native.expose` wraps functions, errors included), and what comes from there is only read with care:
// a property may be a getter, a value a Proxy.

import { answer } from "./answers.js";
import { failure } from "./failures.js";
import { exposed } from "./exposed.js";
import { load as loadSnippet, respond } from "./snippet.js";
import { settled } from "./settle.js";

let argumentsFor;

/** Gives the author's realm its library. `library` is the namespace of `author/main.js`. */
export function prepare(library) {
  // Left in place they would let an author's code run, and look around, while a stack trace is made here.
  const AuthorError = native.authorGlobal().Error;
  AuthorError.stackTraceLimit = Error.stackTraceLimit = 50;
  delete AuthorError.prepareStackTrace;
  delete AuthorError.stackTraceLimit;

  const functions = {};
  for (const [name, [length, implementation]] of Object.entries(exposed)) {
    functions[name] = native.expose(name, length, implementation, Error, RangeError);
  }
  library.install(functions);
  argumentsFor = library.argumentsFor;
  warmUp();
}

/** Takes a load request and gives the answer to it, both JSON texts. */
export function load(text) {
  return JSON.stringify(loadSnippet(JSON.parse(text)));
}

/** Takes an event document, an object of the author's realm, and gives the answer to it as JSON text. */
export function evaluate(document) {
  try {
    native.takeTrace();
    return answer(settled(respond(document, argumentsFor)));
  } catch (thrown) {
    return JSON.stringify({ $error: failure(thrown) });
  }
}

// Makes once what is made lazily and then stays, such as the properties of built-in objects: an event that made them
// would change pages of memory that are now shared.
function warmUp() {
  const document = native.evaluate(
    `({id: null, input: "a", output: "b", input_text: "a", output_text: "b", expected: null, metadata: {}, properties: {},
      model: null, tool_calls: []})`,
    "warm-up",
  );
  for (const form of ["event", "object", "sample", "run", "ctx", "instance", "promptfoo"]) {
    answer(argumentsFor(document, form, [])[0]);
  }
  answer({ score: 0.5, passed: true, reasoning: "text", list: [1, 2, 3] });
  failure(new RangeError("text"));
}
