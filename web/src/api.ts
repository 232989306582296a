/** Talking to the server: the key, the errors, and one function for each question. */

import { parse, type Json } from "./json";
import type {
  Checked,
  Completions,
  Diagnostic,
  Evaluation,
  HistoryPoint,
  Language,
  Limits,
  Session,
  StoredEvent,
} from "./types";

const KEY = "jurybox.key";

/** An answer that is an error. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly diagnostics: Diagnostic[] = [],
    /** Seconds to wait before asking again. */
    readonly retryAfter = 1,
    /** The field of the request that it is about. */
    readonly field?: string,
  ) {
    super(message);
  }
}

/** No answer at all. */
export class Unreachable extends Error {
  constructor() {
    super("The server does not answer.");
  }
}

/** Whether the server asks to come back a little later: it has too much to do. */
export function isBusy(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.status === 429 || error.status === 503);
}

/** Whether a request was given up by the page itself. */
export function isAborted(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

let key = sessionStorage.getItem(KEY);

/** Keeps the key for as long as the tab is open; null forgets it. */
export function setKey(value: string | null): void {
  key = value;
  if (value === null) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, value);
}

export function hasKey(): boolean {
  return key !== null;
}

/** Told of requests that got an answer ("reached") or none ("lost"), and when the key is refused ("refused"). */
export const connection = new EventTarget();

interface Options {
  body?: string | Blob;
  type?: string;
  signal?: AbortSignal;
}

/** One request; throws {@link ApiError} and {@link Unreachable}. */
export async function request(method: string, path: string, options: Options = {}): Promise<Response> {
  const headers = new Headers();
  if (key !== null) headers.set("authorization", `Bearer ${key}`);
  if (options.body !== undefined) headers.set("content-type", options.type ?? "application/json");
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: options.body,
      signal: options.signal,
      // The key is all that says who asks, and a redirect would take it elsewhere.
      credentials: "omit",
      redirect: "error",
      cache: "no-store",
    });
  } catch (error) {
    if (isAborted(error)) throw error;
    connection.dispatchEvent(new Event("lost"));
    throw new Unreachable();
  }
  connection.dispatchEvent(new Event("reached"));
  if (response.ok) return response;
  if (response.status === 401) connection.dispatchEvent(new Event("refused"));
  throw await failure(response);
}

async function failure(response: Response): Promise<ApiError> {
  const wait = Number(response.headers.get("retry-after"));
  let body: Json = null;
  try {
    body = parse(await response.text());
  } catch {
    // Not every error has a body that is JSON; the status says enough then.
  }
  return new ApiError(
    response.status,
    sentence(body) ?? `The server answered with status ${response.status}.`,
    Array.isArray(body?.diagnostics) ? body.diagnostics : [],
    Number.isFinite(wait) && wait > 0 ? wait : 1,
    typeof body?.attr === "string" ? body.attr : undefined,
  );
}

/** The sentence in an error of the native API or of PostHog's. */
function sentence(body: Json): string | undefined {
  if (typeof body?.detail === "string") return body.detail;
  if (typeof body?.error === "string") return body.error;
  if (typeof body?.error?.message === "string") return body.error.message;
  return undefined;
}

async function json(method: string, path: string, body?: Json, signal?: AbortSignal): Promise<Json> {
  const response = await request(method, path, {
    body: body === undefined ? undefined : JSON.stringify(body),
    signal,
  });
  return parse(await response.text());
}

const NATIVE = "/api/jurybox";

export const session = (): Promise<Session> => json("GET", `${NATIVE}/session`);
export const limits = (): Promise<Limits> => json("GET", `${NATIVE}/limits`);
export const completions = (): Promise<Completions> => json("GET", `${NATIVE}/completions`);

export function check(language: Language, source: string, signal: AbortSignal): Promise<Checked> {
  return json("POST", `${NATIVE}/check`, { language, source }, signal);
}

export async function storedEvents(query: { limit: number; name: string; search: string }): Promise<StoredEvent[]> {
  const parameters = new URLSearchParams({ limit: String(query.limit) });
  if (query.name) parameters.set("name", query.name);
  if (query.search) parameters.set("search", query.search);
  return (await json("GET", `${NATIVE}/events?${parameters}`)).results;
}

export async function storeEvents(events: Json[]): Promise<number> {
  return (await json("POST", `${NATIVE}/events`, { events })).accepted;
}

export async function history(id: string, days: number): Promise<HistoryPoint[]> {
  return (await json("GET", `${NATIVE}/evaluations/${encodeURIComponent(id)}/history?days=${days}`)).points;
}

/** PostHog's evaluations API of one project. */
export class Evaluations {
  private readonly base: string;

  constructor(project: number) {
    this.base = `/api/environments/${encodeURIComponent(project)}/evaluations/`;
  }

  list(search: string, offset: number): Promise<{ count: number; next: string | null; results: Evaluation[] }> {
    const parameters = new URLSearchParams({ limit: "50", offset: String(offset) });
    if (search) parameters.set("search", search);
    return json("GET", `${this.base}?${parameters}`);
  }

  retrieve(id: string): Promise<Evaluation> {
    return json("GET", `${this.base}${encodeURIComponent(id)}/`);
  }

  create(body: Json): Promise<Evaluation> {
    return json("POST", this.base, body);
  }

  update(id: string, body: Json): Promise<Evaluation> {
    return json("PATCH", `${this.base}${encodeURIComponent(id)}/`, body);
  }
}
