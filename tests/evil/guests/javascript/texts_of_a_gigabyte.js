// Attack: repetition, padding, joining and replacing
// Tries: to have one call make a gigabyte: each must fail on its own
// Ends: out_of_memory
// Limits: fuel 2_000_000_000
function score(event) {
  const long = 'x'.repeat(1e5), failures = []
  for (const bomb of [
    () => 'x'.repeat(1e9), () => 'x'.repeat(2 ** 53), () => 'x'.padStart(1e9), () => 'ab'.padEnd(2 ** 31, 'xyz'),
    () => Array(1e5).join(long), () => [long, long].flatMap(x => Array(1e5).fill(x)).join(),
    () => String.raw({ raw: Array(1e5).fill(long) }), () => long.replace(/(x)*/, '$&'.repeat(1e5)), () => encodeURIComponent('\u{10ffff}'.repeat(5e7)),
  ]) {
    try { bomb() } catch (error) { failures.push(error.message); continue }
    return failures.length
  }
  return 'x'.repeat(5e8)
}
