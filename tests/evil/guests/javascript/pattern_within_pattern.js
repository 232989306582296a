// Attack: a regular expression that nests deeply
// Tries: to overflow the stack of the code that compiles patterns
// Ends: runtime_error
// Says: RangeError: all of them
function score(event) {
  for (const [open, close, flags] of [['(', ')', ''], ['(?:', ')', 'u'], ['(?=', ')', ''], ['[', ']', 'v'], ['(?<!', ')', 's']]) {
    try { new RegExp(open.repeat(50000) + close.repeat(50000), flags).test('x') } catch { continue }
    throw new Error(open)
  }
  throw new RangeError('all of them')
}
