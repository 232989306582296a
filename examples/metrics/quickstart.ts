// Quickstart: is the answer more than a word or two, and not a wall of text?
//
// A metric is a function that is called once for each event. It takes what it wants to see and returns a verdict: a
// boolean, a number, a text, or an object with a reason.

export default function quickstart({ output }: { output: string }) {
  const words = output.split(/\s+/).filter(Boolean).length;
  if (words === 0) {
    return { pass: false, reason: "there is no answer" };
  }
  return { pass: words >= 3 && words <= 300, reason: `${words} words` };
}
