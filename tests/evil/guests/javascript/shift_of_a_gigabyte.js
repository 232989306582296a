// Attack: a BigInt that is shifted by more bits than there are
// Tries: to take all memory with one operator
// Ends: runtime_error
// Says: 0 of them worked
function score(event) {
  let worked = 0
  for (const bomb of [() => 1n << (1n << 64n), () => 1n << 8_000_000_000n, () => BigInt.asUintN(2 ** 53 - 1, -1n), () => 2n ** (2n ** 100n)]) {
    try { bomb(); worked++ } catch {}
  }
  throw new RangeError(`${worked} of them worked`)
}
