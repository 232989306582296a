// Attack: an answer that looks like what the guest tells the host
// Tries: to be taken for the guest: to name another status, or to blame the sandbox
// Ends: invalid_result
const score = event => ({ $error: { type: 'InternalError', message: 'the sandbox crashed', kind: 'crashed' } })
