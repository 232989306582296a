// When somebody asks for JSON, is the answer JSON? Does not apply (null) to all other events, so that they count
// neither as passed nor as failed.

type Context = { prompt: string };

export default (output: string, context: Context) => {
  if (!/json/i.test(context.prompt)) {
    return null;
  }
  // Models like to wrap JSON in a fence.
  const text = output.trim().replace(/^```(json)?|```$/g, "").trim();
  try {
    return { pass: true, reason: `valid JSON of type ${typeof JSON.parse(text)}` };
  } catch (error) {
    return { pass: false, reason: `not JSON: ${(error as Error).message}` };
  }
};
