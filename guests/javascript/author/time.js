// Timers, and a clock that stands still.

export function installTime({ schedule, cancel, enqueue }, define) {
  const checked = (callback) => {
    if (typeof callback !== "function") throw new TypeError("the callback isn't a function");
    return callback;
  };
  const clear = (timer) => cancel(Number(timer));
  define({
    setTimeout: (callback, delay, ...values) => schedule(checked(callback), Number(delay), false, ...values),
    setInterval: (callback, delay, ...values) => schedule(checked(callback), Number(delay), true, ...values),
    setImmediate: (callback, ...values) => schedule(checked(callback), 0, false, ...values),
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
    queueMicrotask: (callback) => enqueue(checked(callback)),
    performance: {
      now: () => 0,
      get timeOrigin() {
        return Date.now();
      },
      mark: () => {},
      measure: () => {},
    },
  });
}
