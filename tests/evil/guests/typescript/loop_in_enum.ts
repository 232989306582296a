// Attack: an enum and a namespace that loop
// Tries: to keep loading busy in what looks like types
// Ends: compile_error
// Code: load-limit
enum Quiet { Level = (() => { for (;;); })() as number }
namespace Inner { export const level: number = Quiet.Level }
function score(event: unknown) { return true }
