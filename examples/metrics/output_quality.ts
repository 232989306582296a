// A few cheap signs of a good answer: 50 to 10,000 characters, no shouting, no template left unfilled, not the same
// sentence again and again. Tells everything that is wrong, not only the first thing.

const TEMPLATE = /\{\{ *[a-z_]+ *\}\}|\[INSERT [A-Z ]+\]|lorem ipsum/;

const size = (text: string) => [...text].length;

export const outputQuality = ({ output }: { output: string }) => {
  const text = output.trim();
  const problems: string[] = [];
  if (size(text) < 50) {
    problems.push(`too short (${size(text)} characters)`);
  }
  if (size(text) > 10_000) {
    problems.push(`too long (${size(text)} characters)`);
  }
  if (text === text.toUpperCase() && text !== text.toLowerCase()) {
    problems.push("all in capitals");
  }
  if (TEMPLATE.test(text)) {
    problems.push("a template was not filled in");
  }

  const seen = new Set<string>();
  for (const sentence of text.toLowerCase().split(".").map((part) => part.trim())) {
    if (size(sentence) > 20) {
      if (seen.has(sentence)) {
        problems.push(`says twice: ${sentence.slice(0, 40)}`);
      }
      seen.add(sentence);
    }
  }

  const good = problems.length === 0;
  return { score: good, label: good ? "good" : "poor", explanation: problems.join("; ") };
};
