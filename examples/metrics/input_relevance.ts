// Does the answer speak of what was asked? At least 30 % of the longer words of the last question must come up in it.
// Does not apply (null) to questions with fewer than three such words.

type Content = string | { text?: string }[] | null;
type Message = { role?: string; content?: Content };
type Event = { input: string; output_text: string; properties: { $ai_input?: unknown } };

/** The text of a message; with pictures and the like, its content is a list of blocks. */
function contentText(content: Content | undefined): string {
  return Array.isArray(content) ? content.map((block) => block.text ?? "").join(" ") : (content ?? "");
}

function lastQuestion(event: Event): string {
  const messages = event.properties.$ai_input;
  if (!Array.isArray(messages)) {
    return event.input;
  }
  const asked = messages.findLast((message: Message | null) => message?.role === "user");
  return contentText(asked?.content);
}

function evaluate(event: Event) {
  const answer = event.output_text.toLowerCase();
  const found = lastQuestion(event).toLowerCase().match(/[^\s.,;:?!()"]+/g) ?? [];
  const words = [...new Set(found)].filter((word) => [...word].length > 4);
  if (words.length < 3) {
    return null;
  }
  const hits = words.filter((word) => answer.includes(word)).length;
  return {
    pass: hits / words.length >= 0.3,
    reason: `${hits} of ${words.length} words of the question come up in the answer`,
  };
}
