// Does the answer tell people what to do next? It passes when it contains at least one of the phrases below.

const PHRASES = ["you can", "please", "next step", "try ", "first,", "contact", "let me know"];

function performEval(run: { outputs: { answer: string } }, example: unknown) {
  const answer = run.outputs.answer.toLowerCase();
  const found = PHRASES.filter((phrase) => answer.includes(phrase));
  const comment = found.length > 0 ? `found: ${found.join(", ")}` : `none of: ${PHRASES.join(", ")}`;
  return { key: "tells_what_to_do", score: found.length > 0, comment };
}
