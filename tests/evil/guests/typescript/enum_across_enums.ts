// Attack: enums that refer to each other, to themselves and to nothing
// Tries: to have the compiler compute values in a circle
// Ends: compile_error
// Code: load-failed
// Says: TypeError
enum A { x = B.y, y = A.x, z = A["z"], huge = 1 << 99, more = 2 ** 1024, less = -(2 ** 1024), nan = 0 / 0, "quo`te" = 1, "${x}" = 2 }
enum B { x = A.y, y = B.x, text = `${A.huge}${A.more}`, __proto__ = 5, constructor = 6, toString = 7 }
declare enum C { gone }
const enum D { a = 1, b = a << 31 << 1, c = ~a >>> 0 }
function score(event: unknown) { return A.huge === 8 && D.c === 4294967294 }
