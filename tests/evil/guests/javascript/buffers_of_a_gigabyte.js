// Attack: array buffers, fixed and growing
// Tries: to take all memory outside of what a collector sees
// Ends: out_of_memory
function score(event) {
  let failed = 0
  for (const bomb of [
    () => new ArrayBuffer(2 ** 31), () => new ArrayBuffer(2 ** 53), () => new Float64Array(2 ** 29), () => new ArrayBuffer(8, { maxByteLength: 2 ** 40 }),
    () => new ArrayBuffer(8, { maxByteLength: 2 ** 30 }).resize(2 ** 30), () => new ArrayBuffer(8).transfer(2 ** 31),
    () => new TextEncoder().encode('x'.repeat(1e9)), () => crypto.getRandomValues(new Uint8Array(1e9)),
  ]) {
    try { bomb() } catch { failed++ }
  }
  return failed === 8 && new ArrayBuffer(1 << 30).byteLength
}
