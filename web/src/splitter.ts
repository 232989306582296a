/** The bar between the editor and the results, moved by mouse, finger or arrow keys. */

import { byId } from "./dom";

const STORED = "jurybox.split";
const LEAST = 20;
const MOST = 80;

export function splitter(): void {
  const bar = byId("splitter");
  const area = bar.parentElement as HTMLElement;
  const set = (value: number, keep = true): void => {
    const split = Math.round(Math.min(MOST, Math.max(LEAST, value)));
    area.style.setProperty("--split", String(split));
    bar.setAttribute("aria-valuenow", String(split));
    if (keep) localStorage.setItem(STORED, String(split));
  };
  const stored = Number(localStorage.getItem(STORED));
  if (stored) set(stored, false);
  bar.addEventListener("pointerdown", (event) => {
    bar.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  bar.addEventListener("pointermove", (event) => {
    if (!bar.hasPointerCapture(event.pointerId)) return;
    const { top, height } = area.getBoundingClientRect();
    set(((event.clientY - top) / height) * 100);
  });
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -4, ArrowDown: 4 }[event.key];
    if (step === undefined) return;
    set(Number(bar.getAttribute("aria-valuenow")) + step);
    event.preventDefault();
  });
  bar.addEventListener("dblclick", () => set(54));
}
