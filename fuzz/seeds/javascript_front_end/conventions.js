"use strict";
const helper = (text) => { try { return JSON.parse(text)?.a ?? null; } catch { return undefined; } finally { void 0; } };
async function grade(sample, item) { await null; return sample.output_text === item.expected ? 1.0 : 0.0; }
module.exports = { get_assert: (output, context) => ({ pass: output.includes(context.vars.x), score: .5e1, reason: "a\u{1F600}" }), helper };
var result = event.outputs.content.length > 0 && !/a[/]b/.test(event.inputs["q"]) || a++ / b-- / c;
switch (result) { case 1: do { if (x) break; } while (0 < --y) default: throw new Error(`t${`n${1}`}`) }
