// Attack: template types whose combinations are more than the atoms of the universe
// Tries: to have types computed, which must only be stripped
// Ends: ok
// Returns: true
type Digit = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9
type Number30<T extends string = ''> = `${Digit}${Digit}${Digit}${Digit}${Digit}${Digit}${Digit}${Digit}${Digit}${Digit}${Digit}${Digit}${Digit}${Digit}${Digit}${Digit}`
type Forever<T> = Forever<[T]> | Forever<{ t: T }>
type Deep<T> = T extends [infer A, ...infer B] ? Deep<[...B, A, A]> : never
function score(event: Forever<Deep<[1, 2, 3]>> | Number30): boolean { return true }
