// Prints the conversation, one line a message, and fails when there is no message of a user in it. Look at the logs to
// see what a metric gets to see.

type Message = { role?: string; content?: unknown };
type Event = { input: string; properties: { $ai_input?: unknown } };

function printMessages(event: Event) {
  const messages = event.properties.$ai_input;
  if (!Array.isArray(messages) || messages.length === 0) {
    return { pass: false, reason: `the input is no list of messages: ${event.input.slice(0, 60)}` };
  }
  let asked = false;
  messages.forEach((message: Message | string | null, index) => {
    if (message === null || typeof message !== "object") {
      console.log(`${index + 1}. ${typeof message}: ${message}`);
      return;
    }
    const shown = typeof message.content === "string" ? message.content : JSON.stringify(message.content ?? null);
    console.log(`${index + 1}. ${message.role ?? "nobody"}: ${shown.slice(0, 80)}`);
    asked ||= message.role === "user";
  });
  return asked;
}
