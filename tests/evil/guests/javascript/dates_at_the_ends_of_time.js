// Attack: dates that no calendar has
// Tries: to overflow the arithmetic of dates, and the buffers of their texts
// Ends: runtime_error
// Says: RangeError
function score(event) {
  const texts = []
  for (const time of [8.64e15, -8.64e15, 8.64e15 + 1, NaN, Infinity, 2 ** 53, -(2 ** 31), 1e308]) {
    const date = new Date(time)
    texts.push(String(date), date.toLocaleString('x'.repeat(1e3), { timeZone: 'UTC' }), date.setFullYear(1e9), date.setMonth(-1e300),
      Date.UTC(time, time, time), Date.parse(`+${'9'.repeat(1e3)}-01-01`), Date.parse('1'.repeat(1e3)))
  }
  return new Date(8.64e15 + 1).toISOString()
}
