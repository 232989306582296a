/** Runs a metric on events: in one request when they are few, in streams when they are many. */

import * as api from "./api";
import { batches } from "./batches";
import { parse, type Json } from "./json";
import type { Row } from "./results";
import type { Sample } from "./samples";
import type { BrokenEvent, Language, Verdict } from "./types";

/** More events than these are streamed. */
const FEW = 20;
/** How often a busy server is asked again. */
const TRIES = 6;

export interface Job {
  language: Language;
  source: string;
  options: Json;
  samples: readonly Sample[];
}

interface Hooks {
  verdicts: (rows: Row[]) => void;
  /** The server is busy; it is asked again in so many seconds. */
  busy: (seconds: number) => void;
}

export async function run(job: Job, hooks: Hooks, signal: AbortSignal): Promise<void> {
  const { samples, ...metric } = job;
  if (samples.length <= FEW) {
    const body = JSON.stringify({ ...metric, events: samples.map(({ body }) => body) });
    const response = await patiently(() => api.request("POST", "/api/jurybox/evaluate", { body, signal }), hooks, signal);
    const { verdicts } = parse(await response.text());
    hooks.verdicts(rows(verdicts, samples));
    return;
  }
  for (const batch of batches(samples)) {
    const body = new Blob([JSON.stringify(metric), "\n", ...batch.map(({ text }) => `${text}\n`)]);
    const ask = (): Promise<Response> =>
      api.request("POST", "/api/jurybox/evaluate", { body, type: "application/x-ndjson", signal });
    await stream(await patiently(ask, hooks, signal), batch.map(({ sample }) => sample), hooks);
  }
}

/** Asks again, when the server says that it is busy, after the time that it says. */
async function patiently(ask: () => Promise<Response>, hooks: Hooks, signal: AbortSignal): Promise<Response> {
  for (let turn = 1; ; turn += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!api.isBusy(error) || turn >= TRIES) throw error;
      hooks.busy(error.retryAfter);
      await pause(error.retryAfter * 1000, signal);
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", stop, { once: true });
  });
}

/** Reads verdicts, one a line, in the order of the events. */
async function stream(response: Response, samples: readonly Sample[], hooks: Hooks): Promise<void> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) return;
  let rest = "";
  let seen = 0;
  const take = (lines: string[]): void => {
    const verdicts: (Verdict | BrokenEvent)[] = lines.filter((line) => line.trim() !== "").map((line) => parse(line));
    if (verdicts.length === 0) return;
    hooks.verdicts(rows(verdicts, samples.slice(seen, seen + verdicts.length)));
    seen += verdicts.length;
  };
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    take(lines);
  }
  take([rest]);
  if (seen < samples.length) throw new Error(`The answer broke off after ${seen} of ${samples.length} events.`);
}

function rows(verdicts: readonly (Verdict | BrokenEvent)[], samples: readonly Sample[]): Row[] {
  return verdicts.flatMap((verdict, index) => {
    const sample = samples[index];
    return sample ? [{ verdict: "status" in verdict ? verdict : broken(verdict), sample }] : [];
  });
}

/** An event that the server could not read is shown as an error like others. */
function broken({ event, error }: BrokenEvent): Verdict {
  const message = typeof error === "string" ? error : (error.message ?? error.error ?? "This event could not be read.");
  return {
    event,
    status: "not_judged",
    value: null,
    passed: null,
    reasoning: "",
    logs: [],
    error: { kind: "not_judged", message },
    usage: { fuel: 0, memory: 0, elapsed_us: 0 },
  };
}
