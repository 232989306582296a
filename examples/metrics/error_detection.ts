// Fails when the call failed, or when the answer shows the inside of a program that broke.

type Event = {
  output_text: string;
  properties: { $ai_is_error?: boolean; $ai_error?: unknown; $ai_http_status?: number | string };
};

const SIGNS = [
  "traceback (most recent call last)",
  "internal server error",
  "nullpointerexception",
  "undefined is not a function",
  "rate limit exceeded",
  "segmentation fault",
];

const failed = (reason: string) => ({ pass: false, reason });

export default function errorDetection({ properties, output_text }: Event) {
  if (properties.$ai_is_error) {
    return failed(`the call failed: ${properties.$ai_error ?? "no reason given"}`);
  }
  // Some SDKs send the status as text.
  const status = Number(properties.$ai_http_status ?? 200);
  if (status >= 400) {
    return failed(`the provider answered with status ${status}`);
  }
  const answer = output_text.toLowerCase();
  const sign = SIGNS.find((sign) => answer.includes(sign));
  return sign === undefined || failed(`the answer contains: ${sign}`);
}
