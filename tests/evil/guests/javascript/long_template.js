// Attack: a source that is one template literal with sixty thousand parts
// Tries: to overflow a stack, or to take long, where the metric is read
// Ends: ok
// Returns: true
// Made by: long_template
