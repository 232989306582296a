// Does the answer contain what was expected? Events without ground truth do not apply.
interface Arguments {
  output: unknown;
  expected: unknown;
}

const normal = (value: unknown): string => String(value).toLowerCase().replace(/\s+/g, " ").trim();

export function evaluate({ output, expected }: Arguments) {
  if (expected === null) return null;
  const found = normal(output).includes(normal(expected));
  return { value: found, reason: `${found ? "contains" : "lacks"} "${String(expected)}"` };
}
