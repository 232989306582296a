// Were only tools called that the assistant may use, and was at least one called? Does not apply (null) to events
// without tools.

interface Event {
  properties: { $ai_tools_called?: string | string[]; $ai_tools?: unknown[] };
}

const ALLOWED = new Set([
  "search_flights",
  "search_hotels",
  "get_weather",
  "lookup_order",
  "run_tests",
  "read_file",
  "search_docs",
  "book_appointment",
]);

function toolsCalled(event: Event) {
  const { $ai_tools_called: called, $ai_tools: offered } = event.properties;
  if (called == null) {
    return offered?.length ? { pass: false, reason: "tools were offered and none was called" } : null;
  }
  // Most SDKs send one text with commas, some a list.
  const names = (Array.isArray(called) ? called : String(called).split(",")).map((name) => String(name).trim());
  const refused = names.filter((name) => name !== "" && !ALLOWED.has(name));
  return refused.length > 0
    ? { pass: false, reason: `not allowed: ${refused.join(", ")}` }
    : { pass: true, reason: `called: ${names.join(", ")}` };
}
