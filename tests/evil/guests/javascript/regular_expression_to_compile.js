// Attack: a pattern whose compiled form is a gigabyte
// Tries: to take all memory, or long, while a pattern is compiled
// Ends: out_of_fuel
function score(event) {
  let pattern = '[\\p{L}--[a-z]]'
  for (let i = 0; i < 14; i++) pattern = `(?:${pattern}|${pattern}){1,60000}`
  return new RegExp(pattern, 'v').test('a')
}
