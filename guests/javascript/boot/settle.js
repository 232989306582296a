// Promises, jobs and timers. Time stands still, so timers are called one after another in the order of their delays.

import { Invalid } from "./answers.js";

const PENDING = 0;
const FULFILLED = 1;

const timers = new Map();
let clock = 0;
let lastTimer = 0;

/** Has `callback` called after `delay`; again and again, if `repeats`. Gives a number that `cancel` takes. */
export function schedule(callback, delay, repeats, ...values) {
  const wait = Math.max(1, Number.isFinite(delay) ? Math.trunc(delay) : 1);
  lastTimer += 1;
  timers.set(lastTimer, { callback, values, wait, repeats, due: clock + wait });
  return lastTimer;
}

export function cancel(timer) {
  timers.delete(timer);
}

/** Runs what a value waits for and gives the value it comes to. Throws what its promise is rejected with. */
export function settled(value) {
  const promise = awaitable(value);
  if (promise === undefined) {
    native.runJobs();
    return value;
  }
  for (;;) {
    native.runJobs();
    const state = native.promiseState(promise);
    if (state === FULFILLED) return native.promiseResult(promise);
    if (state !== PENDING) throw native.promiseResult(promise);
    if (!runNextTimer()) return new Invalid("a promise that never resolves");
  }
}

// The value as a promise of the engine, undefined if it is none and isn't like one.
function awaitable(value) {
  if (typeof value !== "object" || value === null) return undefined;
  if (native.className(value) === "Promise") return value;
  return typeof value.then === "function" ? native.promise(value) : undefined;
}

function runNextTimer() {
  let next;
  for (const entry of timers) {
    if (next === undefined || entry[1].due < next[1].due) next = entry;
  }
  if (next === undefined) return false;
  const [number, timer] = next;
  clock = timer.due;
  if (timer.repeats) {
    // Moved behind the timers that are due at the same time.
    timers.delete(number);
    timers.set(number, { ...timer, due: clock + timer.wait });
  } else {
    timers.delete(number);
  }
  Reflect.apply(timer.callback, undefined, timer.values);
  return true;
}
