/** What the server sends, as far as the page reads it. */

import type { Json } from "./json";

export type Language = "hog" | "python" | "javascript" | "typescript" | "wasm";

export interface Session {
  project: { id: number; name: string };
  scopes?: string[];
  languages?: Language[];
  version?: string;
}

export interface Limits {
  fuel: number;
  memory: number;
  deadline_ms: number;
}

export interface Position {
  line: number;
  column: number;
}

export interface Diagnostic {
  severity: "error" | "warning" | "hint";
  code: string;
  message: string;
  /** Bytes of the source's UTF-8. */
  span: { start: number; end: number };
  start: Position;
  end: Position;
  label?: string;
  help?: string;
  related?: { span: { start: number; end: number }; start: Position; label: string };
}

export interface Checked {
  ok: boolean;
  convention: string | null;
  diagnostics: Diagnostic[];
}

export interface VerdictError {
  kind: string;
  type?: string | null;
  message: string;
  line?: number | null;
  column?: number | null;
  traceback?: string[];
}

export interface Verdict {
  /** The event's uuid, or "#n". */
  event: string;
  status: string;
  value: Json;
  passed: boolean | null;
  reasoning: string;
  metadata?: Json;
  logs: string[];
  error: VerdictError | null;
  usage: { fuel: number; memory: number; elapsed_us: number };
  replay?: { now_ns: Json; seed: Json };
  input_preview?: string;
  output_preview?: string;
  trace_id?: string | null;
}

/** A line of a stream in the place of an event that could not be read. */
export interface BrokenEvent {
  event: string;
  error: string | { message?: string; error?: string };
}

export interface StoredEvent {
  uuid: string;
  event: string;
  timestamp: string;
  distinct_id?: string;
  trace_id?: string | null;
  input_preview?: string;
  output_preview?: string;
  body: Json;
}

export interface Completion {
  name: string;
  signature?: string;
  info?: string;
}

export interface Completions {
  hog?: Completion[];
  fields?: (string | Completion)[];
}

export type OutputType = "boolean" | "numeric" | "categorical";

export interface ConditionSet {
  id: string;
  rollout_percentage?: number;
  properties?: { key?: string; value?: Json; operator?: string; type?: string }[];
}

export interface Evaluation {
  id: string;
  name: string;
  description: string;
  enabled: boolean;
  status?: string;
  status_reason?: string | null;
  status_reason_detail?: string | null;
  evaluation_type: string;
  evaluation_config: { source?: string; [key: string]: Json };
  output_type: string;
  output_config: Record<string, Json>;
  conditions: ConditionSet[];
  updated_at?: string;
}

export interface HistoryPoint {
  start: string;
  passed: number;
  failed: number;
  not_applicable: number;
  /** Values that neither pass nor fail. */
  neutral?: number;
  errors: number;
}
