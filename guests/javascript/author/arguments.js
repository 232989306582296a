// What a metric is called with, for each form of guests/javascript/REQUESTS.md; docs/conventions.md has the table.
//
// This code makes the author's objects, so it runs in the author's realm, and after the author's code did what it liked to the built-in
// objects. Therefore: only literals, spread and own properties; built-in functions only from the constants below; nothing is
// set on an object that inherits.

const { hasOwn, keys } = Object;
const { isArray } = Array;
const { parse } = JSON;
const { apply } = Reflect;
const { trimStart } = String.prototype;

/** Gives the arguments for the form, as a list; for the form "globals", an object of names and values. */
export function argumentsFor(document, form, parameters) {
  const replayed = own(document, "args", undefined);
  if (isObject(replayed)) return replay(replayed, form, parameters);
  const source = sourceOf(document);
  if (form === "globals") return globals(source);
  if (form === "position") return positional(parameters, names(source));
  return FORMS[form](source);
}

function replay(values, form, parameters) {
  if (form === "globals") return values;
  if (form === "object" || parameters.length === 0) return [values];
  return positional(parameters, values);
}

// A list without a prototype: setters on Array.prototype would see items come.
function positional(parameters, values) {
  const list = { __proto__: null, length: parameters.length };
  for (let index = 0; index < parameters.length; index += 1) {
    const name = parameters[index];
    list[index] = name === null ? values : own(values, name, undefined);
  }
  return list;
}

// I, O, E and M of the table, beside the document.
function sourceOf(document) {
  const { input, output, expected, metadata, properties, input_text, output_text } = document;
  const isPostHog = isObject(properties) && keys(properties).length > 0;
  return {
    document,
    input: isPostHog ? input_text : input,
    output: isPostHog ? output_text : output,
    expected,
    metadata,
  };
}

const FORMS = {
  __proto__: null,

  event: (source) => [honeyhive(source)],

  generation: ({ document, metadata }) => [document.output_text, metadata],

  sample: (source) => [sample(source), item(source)],

  run: (source) => [run(source), example(source)],

  ctx: (source) => [{ observation: observation(source), experiment: experiment(source) }],

  instance: ({ input, output, expected, metadata }) => [
    { prompt: input, response: output, reference: expected, metadata, ...object(input, {}) },
  ],

  promptfoo: (source) => [source.output, context(source)],

  object: (source) => [names(source)],
};

function honeyhive({ document, input, output, expected, metadata }) {
  const feedback = object(own(document, "feedback", null), {});
  return {
    event_type: "model",
    event_name: null,
    session_id: null,
    project_id: null,
    source: null,
    start_time: null,
    end_time: null,
    duration: null,
    error: null,
    metrics: {},
    config: {},
    user_properties: {},
    ...document,
    event_id: own(document, "event_id", document.id),
    inputs: object(input, { input, question: input }),
    outputs: object(output, { content: output, result: output }),
    feedback: expected === null ? feedback : { ...feedback, ground_truth: expected },
    metadata,
  };
}

function globals(source) {
  const event = honeyhive(source);
  return { ...event, event };
}

// Every name that a convention has for a parameter.
function names(source) {
  const { input, output, expected, metadata } = source;
  return {
    input,
    output,
    expected,
    metadata,
    reference: expected,
    ground_truth: expected,
    inputs: input,
    outputs: output,
    event: source.document,
  };
}

function sample({ document, output }) {
  const { output_text: text, tool_calls: output_tools } = document;
  const message = { role: "assistant", content: text };
  return {
    output_text: text,
    output_json: isObject(output) || isArray(output) ? output : parsed(text),
    output_tools,
    choices: [{ index: 0, message: output_tools.length === 0 ? message : { ...message, tool_calls: output_tools } }],
    model: document.model,
  };
}

function item({ document, input, expected, metadata }) {
  const given = own(document, "item", undefined);
  if (isObject(given)) return given;
  return {
    input,
    expected,
    reference: expected,
    reference_answer: expected,
    expected_output: expected,
    ground_truth: expected,
    label: expected,
    metadata,
    ...object(input, {}),
  };
}

function run({ document, input, output, metadata }) {
  return {
    id: document.id,
    name: own(document, "name", own(document, "event_name", null)),
    run_type: "llm",
    inputs: object(input, { input, question: input }),
    outputs: object(output, { output, answer: output }),
    error: own(document, "error", null),
    extra: { metadata },
  };
}

function example({ document, input, expected, metadata }) {
  return {
    id: document.id,
    inputs: object(input, { input, question: input }),
    outputs: expected === null ? {} : object(expected, { output: expected, answer: expected, expected }),
    metadata,
  };
}

function context({ document, input, output, expected, metadata }) {
  const inputs = object(input, { input, question: input });
  const vars = expected === null ? inputs : { ...inputs, expected };
  return {
    vars,
    prompt: document.input_text,
    test: { vars, metadata },
    config: {},
    provider: own(document, "provider", null),
    logProbs: null,
    providerResponse: { output },
  };
}

function observation({ document, input, output, metadata }) {
  const { id, tool_calls } = document;
  return { id, input, output, metadata, tool_calls, toolCalls: tool_calls };
}

function experiment({ expected, metadata }) {
  if (expected === null) return null;
  return {
    item_expected_output: expected,
    itemExpectedOutput: expected,
    item_metadata: metadata,
    itemMetadata: metadata,
  };
}

// The object or list that a text is in JSON; null for all other texts.
function parsed(text) {
  const first = typeof text === "string" ? apply(trimStart, text, [])[0] : undefined;
  if (first !== "{" && first !== "[") return null;
  try {
    return parse(text);
  } catch {
    return null;
  }
}

function isObject(value) {
  return typeof value === "object" && value !== null && !isArray(value);
}

function object(value, otherwise) {
  return isObject(value) ? value : otherwise;
}

function own(value, key, otherwise) {
  return hasOwn(value, key) ? value[key] : otherwise;
}
