// Values as text for people, in the manner of node's `util.inspect`, but in one line.

const DEEPEST = 6;
const MOST_ITEMS = 100;
const LONGEST_STRING = 10_000;

const readStack = Object.getOwnPropertyDescriptor(Error.prototype, "stack").get;
const sizeOf = {
  Map: Object.getOwnPropertyDescriptor(Map.prototype, "size").get,
  Set: Object.getOwnPropertyDescriptor(Set.prototype, "size").get,
};

/** Gives the text of `console.log(...values)`. */
export function format(values) {
  const [first, ...others] = values;
  if (typeof first !== "string") return values.map(shown).join(" ");
  const text = first.replace(/%[sdifjoOc%]/g, (directive) => {
    if (directive === "%%") return "%";
    if (others.length === 0) return directive;
    return substituted(directive, others.shift());
  });
  return [text, ...others.map(shown)].join(" ");
}

function substituted(directive, value) {
  switch (directive) {
    case "%s":
      return typeof value === "string" ? value : inspect(value);
    case "%d":
    case "%i":
    case "%f": {
      if (typeof value === "bigint") return `${value}n`;
      const number = typeof value === "object" || typeof value === "symbol" ? NaN : Number(value);
      return `${directive === "%i" ? Math.trunc(number) : number}`;
    }
    case "%c":
      return "";
    default:
      return inspect(value);
  }
}

function shown(value) {
  return typeof value === "string" ? value : inspect(value);
}

/** Gives the text of one value. Runs no getters; whatever a Proxy does, it gives some text. */
export function inspect(value) {
  return inspected(value, []);
}

function inspected(value, around) {
  switch (typeof value) {
    case "string":
      return quoted(value);
    case "bigint":
      return `${value}n`;
    case "number":
      return Object.is(value, -0) ? "-0" : `${value}`;
    case "symbol":
      return value.toString();
    case "function":
      return functionText(value);
    case "object":
      return value === null ? "null" : guarded(value, around);
    default:
      return `${value}`;
  }
}

// A trap of a Proxy may throw, and so may anything that inspects one.
function guarded(value, around) {
  if (around.includes(value)) return "[Circular]";
  around.push(value);
  try {
    return objectText(value, around);
  } catch {
    native.takeTrace();
    return "[object]";
  } finally {
    around.pop();
  }
}

function objectText(value, around) {
  const className = native.className(value);
  switch (className) {
    case "Error":
      return errorText(value, around);
    case "Date": {
      const time = Date.prototype.getTime.call(value);
      return Number.isNaN(time) ? "Invalid Date" : new Date(time).toISOString();
    }
    case "RegExp":
      return RegExp.prototype.toString.call(value);
    case "Number":
      return `[Number: ${inspect(Number.prototype.valueOf.call(value))}]`;
    case "Boolean":
      return `[Boolean: ${Boolean.prototype.valueOf.call(value)}]`;
    case "String":
      return `[String: ${inspect(String.prototype.valueOf.call(value))}]`;
    case "BigInt":
      return `[BigInt: ${BigInt.prototype.valueOf.call(value)}n]`;
    case "Symbol":
      return `[Symbol: ${Symbol.prototype.toString.call(value)}]`;
    case "Promise":
      return promiseText(value, around);
  }
  if (around.length > DEEPEST) return Array.isArray(value) ? "[Array]" : `[${constructorName(value) ?? className}]`;
  if (Array.isArray(value)) return listText("", value, value.length, around);
  if (ArrayBuffer.isView(value) && className !== "DataView") {
    return listText(`${className}(${value.length}) `, value, value.length, around);
  }
  if (className === "Map") {
    const entries = [...Map.prototype.entries.call(value)].map(
      ([key, item]) => `${inspected(key, around)} => ${inspected(item, around)}`,
    );
    return braced(`Map(${sizeOf.Map.call(value)}) `, entries);
  }
  if (className === "Set") {
    const items = [...Set.prototype.values.call(value)].map((item) => inspected(item, around));
    return braced(`Set(${sizeOf.Set.call(value)}) `, items);
  }
  return braced(prefix(value, className), properties(value, around));
}

function errorText(error, around) {
  const name = own(error, "name") ?? constructorName(error) ?? "Error";
  const message = own(error, "message") ?? "";
  const heading = message === "" ? name : `${name}: ${message}`;
  const stack = readStack.call(error);
  const frames = typeof stack === "string" ? stack.trimEnd() : "";
  const others = properties(error, around);
  const cause = own(error, "cause");
  if (typeof cause === "object" && cause !== null) others.push(`[cause]: ${inspected(cause, around)}`);
  return `${heading}${frames === "" ? "" : `\n${frames}`}${others.length === 0 ? "" : ` ${braced("", others)}`}`;
}

function promiseText(promise, around) {
  const state = native.promiseState(promise);
  if (state === 0) return "Promise { <pending> }";
  const result = inspected(native.promiseResult(promise), around);
  return state === 1 ? `Promise { ${result} }` : `Promise { <rejected> ${result} }`;
}

function functionText(value) {
  const name = own(value, "name");
  const label = typeof name === "string" && name !== "" ? name : "(anonymous)";
  let isClass = false;
  try {
    isClass = /^class\b/.test(Function.prototype.toString.call(value));
  } catch {
    native.takeTrace();
  }
  if (isClass) return `[class ${label}]`;
  return label === "(anonymous)" ? "[Function (anonymous)]" : `[Function: ${label}]`;
}

// "Point " for an instance of a class Point, nothing for plain objects.
function prefix(value, className) {
  const name = constructorName(value);
  if (name === undefined) return "[Object: null prototype] ";
  if (className === "Object" || className === "Proxy" || className === "Arguments") return name === "Object" ? "" : `${name} `;
  return `${className === "Object" ? name : className} `;
}

function constructorName(value) {
  for (let object = value; object !== null; object = Object.getPrototypeOf(object)) {
    const constructor = own(object, "constructor");
    const name = typeof constructor === "function" ? own(constructor, "name") : undefined;
    if (typeof name === "string" && name !== "") return name;
  }
  return undefined;
}

// The value of a property that isn't a getter.
function own(object, key) {
  return Object.getOwnPropertyDescriptor(object, key)?.value;
}

function properties(value, around) {
  const texts = [];
  for (const key of Reflect.ownKeys(value)) {
    const descriptor = Object.getOwnPropertyDescriptor(value, key);
    if (!descriptor?.enumerable) continue;
    if (texts.length === MOST_ITEMS) {
      texts.push("...");
      break;
    }
    const name = typeof key === "symbol" ? `[${key.toString()}]` : /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key);
    texts.push(`${name}: ${descriptorText(descriptor, around)}`);
  }
  return texts;
}

function descriptorText(descriptor, around) {
  if ("value" in descriptor) return inspected(descriptor.value, around);
  if (descriptor.get && descriptor.set) return "[Getter/Setter]";
  return descriptor.get ? "[Getter]" : "[Setter]";
}

function listText(name, list, length, around) {
  const items = [];
  for (let index = 0; index < length && index < MOST_ITEMS; index += 1) {
    const descriptor = Object.getOwnPropertyDescriptor(list, index);
    items.push(descriptor === undefined ? "<empty>" : descriptorText(descriptor, around));
  }
  if (length > MOST_ITEMS) items.push(`... ${length - MOST_ITEMS} more`);
  return items.length === 0 ? `${name}[]` : `${name}[ ${items.join(", ")} ]`;
}

function braced(name, items) {
  return items.length === 0 ? `${name}{}` : `${name}{ ${items.join(", ")} }`;
}

function quoted(text) {
  const short = text.length > LONGEST_STRING ? text.slice(0, LONGEST_STRING) : text;
  const body = JSON.stringify(short).slice(1, -1);
  const single = `'${body.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
  return text.length > LONGEST_STRING ? `${single}... ${text.length - LONGEST_STRING} more characters` : single;
}
