// Attack: an error whose message, name and stack loop
// Tries: to keep the code busy that reports an error
// Ends: out_of_fuel
const forever = () => { for (;;); }
function score(event) {
  throw Object.create(Error.prototype, Object.fromEntries(
    ['message', 'name', 'stack', 'constructor', 'cause', 'toString', Symbol.toPrimitive, Symbol.toStringTag]
      .map(key => [key, { get: forever }])))
}
