/** Sample events: reading them from text, and what a list shows of them. */

import { preview } from "./format";
import { isObject, parse, show, type Json } from "./json";
import type { StoredEvent } from "./types";

/** An event that a metric can be tried on. */
export interface Sample {
  /** Unique on the page. */
  key: string;
  /** Its uuid or id, or "#n". */
  id: string;
  /** The event's name; empty for plain events. */
  name: string;
  time: string;
  input: string;
  output: string;
  body: Json;
}

/** A piece of text that is no event. */
export interface Unreadable {
  /** From 1; of JSON Lines. */
  line: number;
  message: string;
}

let serial = 0;

export function fromStored(event: StoredEvent): Sample {
  return {
    key: `stored:${event.uuid}`,
    id: event.uuid,
    name: event.event,
    // When it happened; the server's own time may be when it was added as a sample.
    time: typeof event.body?.timestamp === "string" ? event.body.timestamp : event.timestamp,
    ...summary(event.body, event),
    body: event.body,
  };
}

/** Reads JSON or JSON Lines: objects, lists of them, and the lists in which exports and batches come. */
export function read(text: string): { samples: Sample[]; unreadable: Unreadable[] } {
  const samples: Sample[] = [];
  const unreadable: Unreadable[] = [];
  const add = (value: Json, line: number): void => {
    if (Array.isArray(value)) value.forEach((item) => add(item, line));
    else if (!isObject(value)) unreadable.push({ line, message: "An event is a JSON object." });
    else if (!looksLikeEvent(value) && listOf(value)) add(listOf(value), line);
    else samples.push(fromBody(value));
  };
  const whole = text.replace(/^\uFEFF/, "").trim();
  if (whole === "") return { samples, unreadable };
  try {
    add(parse(whole), 1);
    return { samples, unreadable };
  } catch {
    // Not one JSON text, so perhaps one in each line.
  }
  text.replace(/^\uFEFF/, "").split("\n").forEach((line, index) => {
    if (line.trim() === "") return;
    try {
      add(parse(line), index + 1);
    } catch (error) {
      unreadable.push({ line: index + 1, message: error instanceof Error ? error.message : String(error) });
    }
  });
  return { samples, unreadable };
}

function looksLikeEvent(value: Record<string, Json>): boolean {
  return "properties" in value || "input" in value || "inputs" in value || "output" in value || "outputs" in value;
}

function listOf(value: Record<string, Json>): Json[] | undefined {
  return [value.events, value.results, value.batch, value.data].find(Array.isArray);
}

function fromBody(body: Record<string, Json>): Sample {
  serial += 1;
  const id = body.uuid ?? body.event_id ?? body.id;
  return {
    key: `pasted:${serial}`,
    id: id === undefined || id === null ? `#${serial}` : show(id),
    name: typeof body.event === "string" ? body.event : "",
    time: typeof body.timestamp === "string" ? body.timestamp : "",
    ...summary(body),
    body,
  };
}

/** What tells an event from others: what was asked last, and what was answered. */
function summary(body: Json, known: Partial<StoredEvent> = {}): { input: string; output: string } {
  const properties = propertiesOf(body);
  const input = properties.$ai_input ?? properties.$ai_input_state ?? body?.input ?? body?.inputs;
  const output =
    properties.$ai_output_choices ?? properties.$ai_output ?? properties.$ai_output_state ?? body?.output ?? body?.outputs;
  const asked = Array.isArray(input) ? input.findLast((message) => message?.role === "user" && message.content) : undefined;
  return {
    input: preview(readable(asked?.content ?? input)) || (known.input_preview ?? ""),
    output: preview(readable(output)) || (known.output_preview ?? "").replace(/^assistant:\s*/, ""),
  };
}

/** The properties of a PostHog event, which may also be the text of an object. */
export function propertiesOf(body: Json): Record<string, Json> {
  let properties = body?.properties;
  if (typeof properties === "string") {
    try {
      properties = parse(properties);
    } catch {
      return {};
    }
  }
  return isObject(properties) ? properties : {};
}

/** The text of messages; anything else as JSON. To recognise an event by: what a metric sees is made by the server. */
function readable(value: Json): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map(readable).join("\n");
  if (!isObject(value)) return show(value);
  const message = isObject(value.message) ? value.message : value;
  if (message.content !== undefined) return readable(message.content);
  if (typeof message.text === "string") return message.text;
  return show(value);
}
