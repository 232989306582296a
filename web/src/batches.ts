/** Events in portions that the server takes in one request. */

import type { Sample } from "./samples";

const MOST_EVENTS = 2000;
/** Characters of JSON. */
const MOST_CHARACTERS = 2_000_000;

/** An event and its JSON. */
export interface Written {
  sample: Sample;
  text: string;
}

/** The events in their order. One that is larger than a portion should be is a portion of its own. */
export function* batches(samples: readonly Sample[]): Generator<Written[]> {
  let batch: Written[] = [];
  let characters = 0;
  for (const sample of samples) {
    const text = JSON.stringify(sample.body);
    if (batch.length > 0 && (batch.length >= MOST_EVENTS || characters + text.length > MOST_CHARACTERS)) {
      yield batch;
      batch = [];
      characters = 0;
    }
    batch.push({ sample, text });
    characters += text.length;
  }
  if (batch.length > 0) yield batch;
}
