// Attack: a text that looks like what the guest tells the host
// Tries: to be taken for the guest
// Ends: ok
// Returns: "{\"$error\":{\"message\":\"crashed\"}}"
const score = event => '{"$error":{"message":"crashed"}}'
