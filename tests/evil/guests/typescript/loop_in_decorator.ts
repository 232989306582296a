// Attack: a decorator that loops
// Tries: to keep loading busy in what looks like a declaration
// Ends: compile_error
// Code: load-limit
function forever(...whatever: unknown[]): any { for (;;); }
class Quiet {
  @forever method(@forever parameter: string) {}
}
function score(event: unknown) { return true }
