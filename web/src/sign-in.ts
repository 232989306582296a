/** Asks for the API key, unless the server wants none. */

import * as api from "./api";
import { byId, fill } from "./dom";
import { explain } from "./notices";
import type { Session } from "./types";

/** Answers once the server has accepted the key, or said that it needs none. */
export async function signIn(): Promise<Session> {
  for (;;) {
    try {
      return await api.session();
    } catch (error) {
      const refused = error instanceof api.ApiError && (error.status === 401 || error.status === 403);
      if (refused) return ask(api.hasKey() ? error : undefined);
      // The server is away or busy; the line at the top says so.
      await new Promise((resolve) => setTimeout(resolve, 1500));
    }
  }
}

function ask(reason?: unknown): Promise<Session> {
  const section = byId("sign-in");
  const input = byId<HTMLInputElement>("key");
  const message = byId("sign-in-error");
  const complain = (error: unknown): void => {
    const refused = error instanceof api.ApiError && error.status === 401;
    fill(message, refused ? "The server does not know this key, or it was revoked." : explain(error));
  };
  section.hidden = false;
  input.value = "";
  if (reason) complain(reason);
  api.setKey(null);
  input.focus();
  return new Promise((resolve) => {
    const form = byId<HTMLFormElement>("sign-in-form");
    const submitted = async (event: Event): Promise<void> => {
      event.preventDefault();
      fill(message);
      const key = input.value.trim();
      // Header values are bytes; a key never has others.
      if (!/^[\x21-\x7e]+$/.test(key)) {
        fill(message, "A key consists of plain letters, digits and signs, without spaces.");
        return;
      }
      api.setKey(key);
      try {
        const session = await api.session();
        form.removeEventListener("submit", submitted);
        input.value = "";
        section.hidden = true;
        resolve(session);
      } catch (error) {
        api.setKey(null);
        complain(error);
        input.select();
      }
    };
    form.addEventListener("submit", submitted);
  });
}
