/** The reader's choice between dark, light, and what the system says. */

export type Choice = "auto" | "light" | "dark";

const STORED = "jurybox.theme";
const system = matchMedia("(prefers-color-scheme: dark)");

export function choice(): Choice {
  const stored = localStorage.getItem(STORED);
  return stored === "light" || stored === "dark" ? stored : "auto";
}

export function choose(next: Choice): void {
  if (next === "auto") localStorage.removeItem(STORED);
  else localStorage.setItem(STORED, next);
  apply();
}

/** Puts the choice into effect. */
export function apply(): void {
  const chosen = choice();
  document.documentElement.dataset.theme = chosen === "auto" ? (system.matches ? "dark" : "light") : chosen;
}

/** Keeps up with the system and with other tabs. */
export function follow(): void {
  system.addEventListener("change", apply);
  addEventListener("storage", apply);
}
