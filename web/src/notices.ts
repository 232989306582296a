/** Short messages at the bottom, and the state of the connection at the top. */

import * as api from "./api";
import { byId, fill, h } from "./dom";
import { icon } from "./icons";

interface Action {
  name: string;
  run: () => void;
}

/** Says something for a while. Bad news stay until they are closed. */
export function notice(text: string, options: { bad?: boolean; action?: Action } = {}): void {
  const close = (): void => box.remove();
  const box = h(
    "div",
    { class: options.bad ? "notice bad" : "notice" },
    h("span", {}, text),
    options.action &&
      h("button", { type: "button", on: { click: () => { close(); options.action?.run(); } } }, options.action.name),
    h("button", { type: "button", class: "icon-only", "aria-label": "Close", on: { click: close } }, icon("close")),
  );
  const notices = byId("notices");
  while (notices.childElementCount >= 3) notices.firstElementChild?.remove();
  notices.append(box);
  if (!options.bad) setTimeout(close, options.action ? 9000 : 5000);
}

/** The words for an error, whatever was thrown. */
export function explain(error: unknown): string {
  if (api.isBusy(error)) return `The server is busy. Try again in ${error.retryAfter} s.`;
  if (error instanceof api.ApiError) {
    if (error.status === 403) return `This key may not do that. ${error.message}`;
    if (error.status === 413) return "That is more than the server accepts at once.";
    return error.message;
  }
  return error instanceof Error ? error.message : String(error);
}

const RETRY_MS = 2500;

/** Shows when the server can't be reached, and asks it until it can. */
export function watchConnection(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const line = byId("connection");
  const ask = (): void => {
    timer = undefined;
    api.session().catch(() => undefined);
  };
  api.connection.addEventListener("lost", () => {
    if (!line.hasChildNodes()) fill(line, icon("warning"), "The server does not answer; trying again");
    timer ??= setTimeout(ask, RETRY_MS);
  });
  api.connection.addEventListener("reached", () => {
    clearTimeout(timer);
    timer = undefined;
    if (line.hasChildNodes()) fill(line);
  });
}
