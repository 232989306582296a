/** The page's icons: 16 by 16, drawn with the current colour. */

import { svg } from "./dom";

const PATHS = {
  // Verdicts. Each has its own outline, so that they are told apart without colour.
  pass: [["circle", { cx: "8", cy: "8", r: "7", fill: "currentColor" }], ["path", { d: "M4.8 8.3l2.2 2.2 4.3-4.8", stroke: "var(--panel)", "stroke-width": "1.8" }]],
  fail: [["rect", { x: "1.5", y: "1.5", width: "13", height: "13", rx: "2.5", fill: "currentColor" }], ["path", { d: "M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6", stroke: "var(--panel)", "stroke-width": "1.8" }]],
  na: [["circle", { cx: "8", cy: "8", r: "6.3", stroke: "currentColor", "stroke-width": "1.4", "stroke-dasharray": "2.6 2.2" }], ["path", { d: "M5.2 8h5.6", stroke: "currentColor", "stroke-width": "1.6" }]],
  value: [["path", { d: "M8 1.2L14.8 8 8 14.8 1.2 8z", stroke: "currentColor", "stroke-width": "1.5" }], ["circle", { cx: "8", cy: "8", r: "1.7", fill: "currentColor" }]],
  skipped: [["path", { d: "M2.5 3.5L7 8l-4.5 4.5M8 3.5L12.5 8 8 12.5", stroke: "currentColor", "stroke-width": "1.7" }]],
  error: [["path", { d: "M8 1.3l7 12.9H1z", fill: "currentColor", stroke: "currentColor", "stroke-width": "1.2" }], ["path", { d: "M8 5.6v4", stroke: "var(--panel)", "stroke-width": "1.7" }], ["circle", { cx: "8", cy: "12", r: "1", fill: "var(--panel)" }]],
  // Diagnostics.
  warning: [["path", { d: "M8 2l6.3 11.6H1.7z", stroke: "currentColor", "stroke-width": "1.4" }], ["path", { d: "M8 6.2v3.4M8 11.2v.6", stroke: "currentColor", "stroke-width": "1.5" }]],
  hint: [["circle", { cx: "8", cy: "8", r: "6.3", stroke: "currentColor", "stroke-width": "1.4" }], ["path", { d: "M8 7.2v4M8 4.6v.7", stroke: "currentColor", "stroke-width": "1.6" }]],
  // Actions.
  play: [["path", { d: "M4 2.5v11l9.5-5.5z", fill: "currentColor" }]],
  stop: [["rect", { x: "3.5", y: "3.5", width: "9", height: "9", rx: "1.5", fill: "currentColor" }]],
  plus: [["path", { d: "M8 3v10M3 8h10", stroke: "currentColor", "stroke-width": "1.6" }]],
  refresh: [["path", { d: "M13 8a5 5 0 1 1-1.5-3.6M13 2v3h-3", stroke: "currentColor", "stroke-width": "1.5" }]],
  close: [["path", { d: "M4 4l8 8M12 4l-8 8", stroke: "currentColor", "stroke-width": "1.5" }]],
  chevron: [["path", { d: "M6 4l4 4-4 4", stroke: "currentColor", "stroke-width": "1.6" }]],
  check: [["path", { d: "M3 8.5l3.4 3.4L13 4.5", stroke: "currentColor", "stroke-width": "1.8" }]],
  jump: [["path", { d: "M13 3v4a2 2 0 0 1-2 2H4M7 6L4 9l3 3", stroke: "currentColor", "stroke-width": "1.5" }]],
  auto: [["circle", { cx: "8", cy: "8", r: "5.8", stroke: "currentColor", "stroke-width": "1.4" }], ["path", { d: "M8 2.2a5.8 5.8 0 0 1 0 11.6z", fill: "currentColor" }]],
  light: [["circle", { cx: "8", cy: "8", r: "3", stroke: "currentColor", "stroke-width": "1.4" }], ["path", { d: "M8 1v1.8M8 13.2V15M1 8h1.8M13.2 8H15M3 3l1.3 1.3M11.7 11.7L13 13M13 3l-1.3 1.3M4.3 11.7L3 13", stroke: "currentColor", "stroke-width": "1.4" }]],
  dark: [["path", { d: "M13.5 9.8A6 6 0 0 1 6.2 2.5a6 6 0 1 0 7.3 7.3z", stroke: "currentColor", "stroke-width": "1.4" }]],
} as const satisfies Record<string, readonly (readonly ["path" | "circle" | "rect", Record<string, string>])[]>;

export type IconName = keyof typeof PATHS;

/** An icon. It is decoration: what it means is said in text beside it. */
export function icon(name: IconName): SVGElement {
  return svg(
    "svg",
    { viewBox: "0 0 16 16", width: "16", height: "16", fill: "none", "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true", class: `icon icon-${name}` },
    ...PATHS[name].map(([tag, attributes]) => svg(tag, attributes)),
  );
}
