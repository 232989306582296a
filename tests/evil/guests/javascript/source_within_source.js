// Attack: source that nests deeply, given to eval
// Tries: to overflow the stack of the parser
// Ends: runtime_error
// Says: RangeError: all of them
// Limits: fuel 1_000_000_000
function score(event) {
  for (const open of ['(', '[', '{a:', '!', '- ', 'a=>', 'function(){', '`${', 'new ', 'class{static{', 'if(1)', 'f(', '({[', 'a?', '...']) {
    try { (0, eval)('x = ' + open.repeat(5000)) } catch { continue }
    throw new Error(open)
  }
  throw new RangeError('all of them')
}
