// Fails when the answer has fewer than 100 characters.

const MINIMUM = 100;

function grade(sample: { output_text: string }, item: unknown): boolean {
  // Characters: `length` would count an emoji twice.
  const size = [...sample.output_text.trim()].length;
  console.log(`${size} characters, wanted: ${MINIMUM}`);
  return size >= MINIMUM;
}
