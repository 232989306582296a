// What the author's realm gets from this one, for `author/main.js` to make its library of. Names on both sides are the same.

import { consoleFunctions } from "./console.js";
import { cancel, schedule } from "./settle.js";

/** Each function with the `length` it shows. */
export const exposed = {
  ...consoleFunctions,
  schedule: [2, schedule],
  cancel: [1, cancel],
  enqueue: [1, (callback) => native.enqueue(callback)],
  random: [0, () => native.random()],
  encode: [1, (text) => native.encode(text)],
  decode: [1, (bytes) => native.decode(bytes)],
  className: [1, (value) => native.className(value)],
};
