/**
 * What jurybox hands to metrics in JavaScript and TypeScript, and what they may return.
 *
 * For editors and type checkers only: the sandbox has no such module, so import types and nothing else.
 *
 * ```ts
 * import type { HoneyHiveEvent, Returned } from "./jurybox";
 *
 * export function evaluate(event: HoneyHiveEvent): Returned {
 *   return event.output_text.includes("sorry");
 * }
 * ```
 *
 * In JavaScript: `@param {import("./jurybox").HoneyHiveEvent} event`.
 *
 * Printed by `jurybox types --language typescript`. The conventions are those of docs/conventions.md.
 */

/** A JSON value. As loose as the events themselves, whose shape only the application knows that sent them. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

/** A JSON object. */
export type JsonObject = { [key: string]: Json };

// What metrics return

/** What is judged: a boolean, a number, a text, or several texts. A boolean is never a number; NaN and infinity are invalid. */
export type Value = boolean | number | string | string[];

/** A value and what is to be said about it. Of the first six keys one is needed; all of them null: it does not apply. */
export interface Result {
  /** The value: the first of `score`, `value`, `result`, `pass`, `passed`, `label` that is there and not null. */
  score?: Value | null;
  /** See `score`. */
  value?: Value | null;
  /** See `score`. */
  result?: Value | null;
  /** Whether it passes, unless a pass rule is given. */
  pass?: boolean | null;
  /** See `pass`. */
  passed?: boolean | null;
  /** See `score`. */
  label?: string | null;
  /** Why: the reasoning of the verdict. */
  reason?: string | null;
  /** See `reason`. */
  reasoning?: string | null;
  /** See `reason`. */
  explanation?: string | null;
  /** See `reason`. */
  comment?: string | null;
  /** See `reason`. */
  rationale?: string | null;
  /** Which one it is, where a list of several is returned. */
  name?: string;
  /** See `name`. */
  key?: string;
  /** Kept with the verdict, as is everything else that stands here. */
  metadata?: JsonObject | null;
  [key: string]: Json;
}

/** What a metric may return, itself or in a promise. Null and undefined mean "not applicable", which is an error unless that is allowed (`--allow-na`). */
export type Returned = Settled | Promise<Settled>;

/** What is returned once promises are resolved. */
export type Settled = Value | Result | Result[] | { [name: string]: Value | Result | null } | null | undefined | void;

// The event document

/** An event of any platform in one form, with all keys that the event itself has. */
export interface Event {
  /** What it is called. */
  id: string | null;
  /** What the model was given. */
  input: Json;
  /** What it answered. */
  output: Json;
  /** What the model was given, as text that people can read. */
  input_text: string;
  /** What it answered, likewise. */
  output_text: string;
  /** The ground truth; null where there is none. */
  expected: Json;
  /** Empty where there is none. */
  metadata: JsonObject;
  /** The properties of a PostHog event; empty for others. */
  properties: JsonObject;
  /** What else the event has. */
  [key: string]: Json;
}

// honeyhive: a function of one parameter, or of none with these keys as globals

/** What people said about an event. */
export interface Feedback {
  /** Only there if there is one; `--needs-ground-truth` skips the other events. */
  ground_truth?: Json;
  [key: string]: Json;
}

/** The event document with HoneyHive's keys. */
export interface HoneyHiveEvent extends Event {
  event_id: string | null;
  /** What the model was given; `input` and `question` if that is no object. */
  inputs: JsonObject;
  /** What it answered; `content` and `result` if that is no object. */
  outputs: JsonObject;
  feedback: Feedback;
  metrics: JsonObject;
  config: JsonObject;
  user_properties: JsonObject;
  /** `model`, if the event has none. */
  event_type: string;
  event_name: string | null;
  session_id: string | null;
  project_id: string | null;
  source: string | null;
  start_time: Json;
  end_time: Json;
  duration: number | null;
  error: Json;
}

/** The function has any name. */
export type HoneyHiveMetric = (event: HoneyHiveEvent) => Returned;

/** The function is called `evaluate`. */
export type HoneyHiveLegacyMetric = (generation: string, metadata: JsonObject) => Returned;

// openai: grade(sample, item)

/** What the model answered. */
export interface Sample {
  output_text: string;
  /** The answer, or its text parsed, if that is an object or a list; else null. */
  output_json: Json;
  output_tools: Json[];
  /** Exactly one. */
  choices: { message: { role: string; content: Json; tool_calls?: Json[] } }[];
  model: string | null;
}

/** What it was asked, and the ground truth under all its names, with the keys of an input that is an object. */
export interface Item {
  input: Json;
  expected: Json;
  reference: Json;
  reference_answer: Json;
  expected_output: Json;
  ground_truth: Json;
  label: Json;
  metadata: JsonObject;
  [key: string]: Json;
}

/** The function is called `grade`. */
export type OpenAiGrader = (sample: Sample, item: Item) => Returned;

// langsmith: performEval(run, example)

/** What the application did. */
export interface Run {
  id: string | null;
  name: string | null;
  run_type: string;
  /** What the model was given; `input` and `question` if that is no object. */
  inputs: JsonObject;
  /** What it answered; `output` and `answer` if that is no object. */
  outputs: JsonObject;
  error: Json;
  extra: { metadata: JsonObject };
}

/** What it should have done. */
export interface Example {
  id: string | null;
  inputs: JsonObject;
  /** The ground truth; `output`, `answer` and `expected` if that is no object; empty if there is none. */
  outputs: JsonObject;
  metadata: JsonObject;
}

/** The function is called `performEval` or `perform_eval`. */
export type LangSmithEvaluator = (run: Run, example: Example) => Returned;

// braintrust: handler({input, output, expected, metadata}), or by position

/** The argument of `handler`. */
export interface BraintrustArguments {
  input: Json;
  output: Json;
  expected: Json;
  metadata: JsonObject;
}

/** The function is called `handler`. */
export type BraintrustHandler = (args: BraintrustArguments) => Returned;

// phoenix: any name, one object with these keys, or by position

/** The argument of an evaluator. */
export interface PhoenixArguments {
  output: Json;
  /** The ground truth; null where there is none. */
  reference: Json;
  input: Json;
  metadata: JsonObject;
  /** The same as `reference`. */
  expected: Json;
  /** The same as `reference`. */
  ground_truth: Json;
  /** The same as `input`. */
  inputs: Json;
  /** The same as `output`. */
  outputs: Json;
}

/** The function has any name. */
export type PhoenixEvaluator = (args: PhoenixArguments) => Returned;

// langfuse: evaluate(ctx)

/** What the application did. */
export interface Observation {
  id: string | null;
  input: Json;
  output: Json;
  metadata: JsonObject;
  tool_calls: Json[];
  toolCalls: Json[];
}

/** What it should have done. */
export interface Experiment {
  item_expected_output: Json;
  itemExpectedOutput: Json;
  item_metadata: JsonObject | null;
  itemMetadata: JsonObject | null;
}

/** The argument of `evaluate`. */
export interface LangfuseContext {
  observation: Observation;
  /** Null if there is no ground truth. */
  experiment: Experiment | null;
}

/** The function is called `evaluate`. */
export type LangfuseEvaluator = (ctx: LangfuseContext) => Returned;

// vertex: evaluate(instance)

/** The argument of `evaluate`, with the keys of an input that is an object. */
export interface VertexInstance {
  prompt: Json;
  response: Json;
  reference: Json;
  metadata: JsonObject;
  [key: string]: Json;
}

/** The function is called `evaluate`. */
export type VertexMetric = (instance: VertexInstance) => Returned;

// promptfoo: module.exports = (output, context) => ..., get_assert or getAssert

/** The second argument of an assertion. */
export interface PromptfooContext {
  /** What the model was given; `input` and `question` if that is no object. With `expected`, if there is ground truth. */
  vars: JsonObject;
  prompt: string;
  test: { vars: JsonObject; metadata: JsonObject };
  config: JsonObject;
  provider: Json;
  logProbs: null;
  providerResponse: { output: Json };
}

/** The exported function. */
export type PromptfooAssertion = (output: Json, context: PromptfooContext) => Returned;
