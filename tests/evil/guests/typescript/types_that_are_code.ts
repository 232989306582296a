// Attack: names, comments and casts that are code where types are stripped badly
// Tries: to have what is left after stripping be another program than what was checked
// Ends: ok
// Returns: true
let forged = 0
const a = <any>(1) /* as `${forged = 1}` */ as unknown as { [key in 'x']: (() => { forged: 1 }) }
function score(this: void, event: unknown): event is { forged: number }
function score(event: any, later?: typeof forged): any { return forged === 0 && !later }
declare global { var forged2: number }
declare function forge(): void
abstract class B { declare forged: 1; abstract x: number; private constructor(readonly y = (forged = 1)) {} }
type T = typeof import('fs')
import type { x } from 'fs'
