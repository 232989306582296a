// Times PostHog's published TypeScript HogVM on one program, warm, without isolation and with the event already parsed:
//     node peer.mjs PROGRAM SECONDS
// Prints the fastest and the median time of a run, in microseconds, as JSON.
import { readFileSync } from 'node:fs'
import crypto from 'node:crypto'
import { performance } from 'node:perf_hooks'
import * as hogvm from '@posthog/hogvm'

const [program, seconds] = process.argv.slice(2)
const read = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url)))
const bytecode = read(`${program}.bytecode.json`)
const event = read('event.json')
const { properties } = event
const globals = {
  input: JSON.stringify(properties.$ai_input),
  output: properties.$ai_output_choices[0].content,
  properties,
  event: { uuid: event.uuid, event: event.event, distinct_id: event.distinct_id },
}
const match = (pattern, value) =>
  pattern.startsWith('(?i)') ? new RegExp(pattern.slice(4), 'i').test(value) : new RegExp(pattern).test(value)
const options = { globals, timeout: 60_000, external: { regex: { match }, crypto } }
// The machine prints to the console; a print must not be what is measured.
console.log = () => {}
const exec = hogvm.exec ?? hogvm.default.exec

const until = (milliseconds, each) => {
  const end = performance.now() + milliseconds
  do each()
  while (performance.now() < end)
}
until(seconds * 500, () => exec(bytecode, options))
const times = []
until(seconds * 1000, () => {
  // Short runs are timed in batches: the clock has its own cost.
  const start = performance.now()
  let runs = 0
  do {
    exec(bytecode, options)
    runs += 1
  } while (performance.now() - start < 0.2)
  times.push(((performance.now() - start) * 1000) / runs)
})
times.sort((a, b) => a - b)
process.stdout.write(JSON.stringify({ min: times[0], median: times[times.length >> 1] }) + '\n')
