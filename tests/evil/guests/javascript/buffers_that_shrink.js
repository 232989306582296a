// Attack: arrays whose memory goes away while they are read
// Tries: to have C code read and write what is freed
// Ends: ok
// Returns: true
// Limits: fuel 1_000_000_000
function score(event) {
  for (const Kind of [Uint8Array, Float64Array, BigInt64Array]) {
    for (const act of [
      (view, evil) => view.fill(evil), (view, evil) => view.subarray(evil), (view, evil) => view.slice(evil), (view, evil) => view.set([evil, evil], 0),
      (view, evil) => view.copyWithin(0, evil), (view, evil) => view.with?.(evil, 1), (view, evil) => view.at(evil), (view, evil) => view.indexOf(1, evil),
      (view, evil) => view.sort(() => { evil.valueOf(); return 1 }), (view, evil) => view.map(() => evil), (view, evil) => new DataView(view.buffer).setFloat64(evil, evil),
      (view, evil) => view.join({ toString: () => { evil.valueOf(); return ',' } }), (view, evil) => view.includes(evil, evil), (view, evil) => view.lastIndexOf(1, evil),
    ]) {
      for (const shrink of [buffer => buffer.resize(0), buffer => buffer.transfer(), buffer => structuredClone(buffer, { transfer: [buffer] })]) {
        const view = new Kind(new ArrayBuffer(320, { maxByteLength: 640 }))
        try { act(view, { valueOf() { shrink(view.buffer); return 30 } }) } catch {}
      }
    }
  }
  return true
}
