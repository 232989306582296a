// `console` and `print`.

export function installConsole({ write, assert, count, group, groupEnd, timeEnd }, define) {
  const nothing = () => {};
  const console = {
    log: write,
    info: write,
    warn: write,
    error: write,
    debug: write,
    trace: write,
    dir: (value) => write(value),
    table: (value) => write(value),
    assert,
    count,
    group,
    groupCollapsed: group,
    groupEnd,
    time: nothing,
    timeEnd,
    timeLog: timeEnd,
  };
  define({ console, print: write });
}
