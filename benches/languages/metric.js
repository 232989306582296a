const EMAIL = /[\w.+-]+@[\w-]+\.[\w.-]+/;
const PHONE = /\+?\d[\d ()-]{7,}\d/;
const CARD = /\b(?:\d[ -]?){13,16}\b/;
const STOPWORDS = new Set(["that", "this", "with", "from", "have", "your", "will", "would", "which", "when", "what", "there"]);

function judge(event) {
  const output = event.output_text, asked = event.input_text;
  if (output.length < 20) return { score: 0, reason: "too short" };
  for (const [name, pattern] of [["an e-mail address", EMAIL], ["a phone number", PHONE], ["a card number", CARD]]) {
    if (pattern.test(output)) return { score: 0, reason: "contains " + name };
  }
  const words = new Set(output.toLowerCase().match(/[a-z]{4,}/g) ?? []);
  const wanted = new Set((asked.toLowerCase().match(/[a-z]{4,}/g) ?? []).filter((word) => !STOPWORDS.has(word)));
  const shared = [...wanted].filter((word) => words.has(word));
  const score = shared.length / Math.max(1, wanted.size);
  return { score, reason: `${shared.length} of ${wanted.size} words: ` + shared.sort().slice(0, 5).join(", ") };
}
