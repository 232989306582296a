// Times the metric in node's `vm`, which is no sandbox:
//     node peer.mjs SECONDS < {"source": ..., "document": ..., "expected": ...}
// Prints the fastest and the median time of a run, in microseconds, as JSON: `context` makes a new context for every
// event, as is done to keep events apart; `call` calls the same function again and again.
import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import vm from 'node:vm'

const seconds = Number(process.argv[2])
const { source, document, expected } = JSON.parse(readFileSync(0, 'utf8'))

const until = (milliseconds, each) => {
  const end = performance.now() + milliseconds
  do each()
  while (performance.now() < end)
}
const measure = (run) => {
  if (Math.abs(run() - expected) > 1e-9) throw new Error('another score')
  until(seconds * 250, run)
  const times = []
  until(seconds * 1000, () => {
    // Short runs are timed in batches: the clock has its own cost.
    const start = performance.now()
    let runs = 0
    do {
      run()
      runs += 1
    } while (performance.now() - start < 0.2)
    times.push(((performance.now() - start) * 1000) / runs)
  })
  times.sort((a, b) => a - b)
  return { min: times[0], median: times[times.length >> 1] }
}

const script = new vm.Script(`${source}\n;(document) => judge(JSON.parse(document)).score`)
const reused = script.runInContext(vm.createContext({}))
process.stdout.write(
  JSON.stringify({
    version: process.version,
    context: measure(() => script.runInContext(vm.createContext({}))(document)),
    call: measure(() => reused(document)),
  }) + '\n'
)
