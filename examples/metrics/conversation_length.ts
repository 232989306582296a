// Fails when the conversation has more than 10 messages: people should not need that many.

declare const event: { properties: { $ai_input?: unknown } };

const LIMIT = 10;

const messages = event.properties.$ai_input;
const count = Array.isArray(messages) ? messages.length : 1;

console.log(`${count} of at most ${LIMIT} messages`);
const result = count <= LIMIT;
