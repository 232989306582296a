// Fails when a call costs more than 0.05 USD or takes longer than 10 seconds. Does not apply (null) when neither is
// known.

declare const event: { properties: Record<string, unknown> };

const MAX_COST = 0.05;
const MAX_SECONDS = 10;

/** Some SDKs send numbers as text. */
function asNumber(value: unknown): number | undefined {
  const number = value == null || value === "" ? NaN : Number(value);
  return Number.isNaN(number) ? undefined : number;
}

function costLatency() {
  const cost = asNumber(event.properties.$ai_total_cost_usd);
  const seconds = asNumber(event.properties.$ai_latency);
  if (cost === undefined && seconds === undefined) {
    return null;
  }
  console.log(`${cost ?? "unknown"} USD, ${seconds ?? "unknown"} s`);
  if (cost !== undefined && cost > MAX_COST) {
    return { pass: false, reason: `too expensive, the limit is ${MAX_COST}` };
  }
  if (seconds !== undefined && seconds > MAX_SECONDS) {
    return { pass: false, reason: `too slow, the limit is ${MAX_SECONDS}` };
  }
  return true;
}
