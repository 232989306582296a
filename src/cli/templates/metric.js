// {{name}}: does the answer say what was expected, and say it briefly?

const MOST_WORDS = 40;
// The top of the file runs once, not for every event. It is the place for patterns and tables.
const WORD = /[\p{L}\p{N}_]+/gu;

/**
 * @param {import("./jurybox").PhoenixArguments} args
 * @returns {import("./jurybox").Returned}
 */
export function evaluate({ output, expected }) {
  const words = String(output).match(WORD)?.length ?? 0;
  const saysIt = String(output).toLowerCase().includes(String(expected).toLowerCase());
  return {
    score: saysIt ? 1 : 0,
    pass: saysIt && words <= MOST_WORDS,
    reason: `${words} words, ${saysIt ? "with" : "without"} what was expected`,
  };
}
