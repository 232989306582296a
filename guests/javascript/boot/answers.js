// Returned values as JSON. What `JSON.stringify` would silently turn into null or {} is refused instead, with its place:
// a metric that gives NaN has a bug, and its author should hear of it.

const RESERVED = ["$error", "$invalid"];

// A host's parser of JSON stops before it runs out of stack, and so must this one.
const DEEPEST = 100;

// Objects that hold what they are in properties; of all others, JSON would show nothing.
const PLAIN = new Set(["Object", "Arguments", "Proxy", "Module"]);

/** A value that JSON doesn't have. `what` completes "the metric returned ...". */
export class Invalid {
  constructor(what) {
    this.what = what;
  }
}

/** Gives the JSON text of a returned value, or of `{"$invalid": ...}`. Throws what getters and `toJSON` throw. */
export function answer(value) {
  try {
    if (value instanceof Invalid) throw value;
    const top = unwrapped(value, "");
    if (typeof top === "function" || typeof top === "symbol") throw new Invalid(`a ${typeof top}`);
    refuseReserved(top);
    const text = written(top, [], []) ?? "null";
    // A host that looks at how an answer begins should find its own marks only, whatever an author calls things.
    return text.startsWith('{"$') ? ` ${text}` : text;
  } catch (thrown) {
    if (thrown instanceof Invalid) return JSON.stringify({ $invalid: thrown.what });
    throw thrown;
  }
}

// An object with a reserved key could be taken for an answer of this file.
function refuseReserved(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return;
  const key = Object.keys(value).find((name) => RESERVED.includes(name));
  if (key !== undefined) throw new Invalid(`an object with the reserved key ${key}`);
}

// The value after `toJSON`, and out of the box if it is in one.
function unwrapped(value, key) {
  if (typeof value !== "object" || value === null) return value;
  const { toJSON } = value;
  const plain = typeof toJSON === "function" ? Reflect.apply(toJSON, value, [key]) : value;
  if (typeof plain !== "object" || plain === null) return plain;
  switch (native.className(plain)) {
    case "Number":
      return Number.prototype.valueOf.call(plain);
    case "String":
      return String.prototype.valueOf.call(plain);
    case "Boolean":
      return Boolean.prototype.valueOf.call(plain);
    case "BigInt":
      return BigInt.prototype.valueOf.call(plain);
    case "Symbol":
      return Symbol.prototype.valueOf.call(plain);
    default:
      return plain;
  }
}

// The text of a value that is unwrapped; undefined for what JSON leaves out. `path` holds the keys that lead here,
// `around` the objects.
function written(value, path, around) {
  switch (typeof value) {
    case "string":
      return quoted(value);
    case "number":
      if (Number.isFinite(value)) return `${value}`;
      throw new Invalid(`${Number.isNaN(value) ? "NaN" : value > 0 ? "infinity" : "-infinity"}${placed(path)}`);
    case "boolean":
    case "bigint":
      return `${value}`;
    case "object":
      return value === null ? "null" : nested(value, path, around);
    default:
      return undefined;
  }
}

function nested(value, path, around) {
  if (around.includes(value)) throw new Invalid("an object that contains itself");
  if (around.length === DEEPEST) throw new Invalid(`an object nested more than ${DEEPEST} levels deep`);
  const isList = Array.isArray(value);
  if (!isList && !PLAIN.has(native.className(value))) throw new Invalid(`${named(value)}${placed(path)}`);
  around.push(value);
  const text = isList ? list(value, path, around) : object(value, path, around);
  around.pop();
  return text;
}

function list(value, path, around) {
  let text = "[";
  const { length } = value;
  for (let index = 0; index < length; index += 1) {
    path.push(index);
    text += (index === 0 ? "" : ",") + (written(unwrapped(value[index], index), path, around) ?? "null");
    path.pop();
  }
  return `${text}]`;
}

function object(value, path, around) {
  let text = "{";
  for (const key of Object.keys(value)) {
    path.push(key);
    const item = written(unwrapped(value[key], key), path, around);
    path.pop();
    if (item !== undefined) text += `${text === "{" ? "" : ","}${quoted(key)}:${item}`;
  }
  return `${text}}`;
}

function quoted(text) {
  return JSON.stringify(text.isWellFormed() ? text : text.toWellFormed());
}

// "a Map", "an Error: no reference", "a promise".
function named(value) {
  const name = native.className(value);
  if (name === "Promise") return "a promise";
  if (name === "Error") {
    const { message } = value;
    return typeof message === "string" && message !== "" ? `an Error: ${message.toWellFormed()}` : "an Error";
  }
  return `${/^[AEIO]/.test(name) ? "an" : "a"} ${name}`;
}

// " in details[2].words", or nothing at the top.
function placed(path) {
  if (path.length === 0) return "";
  let place = "";
  for (const key of path) {
    if (typeof key === "number") place += `[${key}]`;
    else if (/^[A-Za-z_$][\w$]*$/.test(key)) place += place === "" ? key : `.${key}`;
    else place += `[${quoted(key)}]`;
  }
  return ` in ${place}`;
}
