/** Metrics to start from. */

import costAndLatency from "../examples/cost_and_latency.hog?text" with { type: "text" };
import jsonWhenAsked from "../examples/json_when_asked.hog?text" with { type: "text" };
import matchesExpected from "../examples/matches_expected.ts?text" with { type: "text" };
import noPersonalData from "../examples/no_personal_data.js?text" with { type: "text" };
import onTopic from "../examples/on_topic.py?text" with { type: "text" };
import refusal from "../examples/refusal.hog?text" with { type: "text" };
import shortEnough from "../examples/short_enough.hog?text" with { type: "text" };
import smallEvent from "../examples/small_event.wat?text" with { type: "text" };
import tone from "../examples/tone.py?text" with { type: "text" };
import { type Output, PLAIN } from "./output";
import type { Language } from "./types";

export interface Example {
  title: string;
  language: Language;
  source: string;
  output: Output;
}

export const EXAMPLES: readonly Example[] = [
  { title: "Short enough", language: "hog", source: shortEnough, output: PLAIN },
  { title: "No refusal", language: "hog", source: refusal, output: PLAIN },
  { title: "JSON when asked for", language: "hog", source: jsonWhenAsked, output: { ...PLAIN, allowsNa: true } },
  { title: "Cost and latency", language: "hog", source: costAndLatency, output: { ...PLAIN, allowsNa: true } },
  { title: "On topic (a number)", language: "python", source: onTopic, output: { ...PLAIN, type: "numeric", threshold: 0.3, allowsNa: true } },
  {
    title: "Tone (a category)",
    language: "python",
    source: tone,
    output: { ...PLAIN, type: "categorical", categories: ["calm", "excited", "shouting"], passing: ["calm"] },
  },
  { title: "No personal data", language: "javascript", source: noPersonalData, output: PLAIN },
  { title: "Contains what was expected", language: "typescript", source: matchesExpected, output: { ...PLAIN, allowsNa: true } },
  { title: "Small event", language: "wasm", source: smallEvent, output: PLAIN },
];
