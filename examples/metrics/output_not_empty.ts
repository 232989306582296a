// Fails when the model answered nothing: no text, only white space, or an empty structure.

function handler({ output }: { output: string }): boolean {
  return !["", "[]", "{}", "None"].includes(output.trim());
}
