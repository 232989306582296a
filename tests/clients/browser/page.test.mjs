// The page, as people use it: in Chromium, against a running server. run.sh starts one.
//
//     JURYBOX_URL=http://127.0.0.1:8080 JURYBOX_KEY=... node --test page.test.mjs
//
// CHROMIUM is the browser [default: /usr/bin/chromium]. SCREENSHOTS is a directory to leave pictures in.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const url = process.env.JURYBOX_URL ?? "http://127.0.0.1:8080";
const key = process.env.JURYBOX_KEY ?? "";
const pictures = process.env.SCREENSHOTS;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The first run of a language compiles its runtime, which takes a debug build a while. */
const SLOW = { timeout: 180_000 };
const QUICK = { timeout: 30_000 };

let browser;
before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    // playwright-core makes a fresh profile for each launch.
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
});
after(() => browser?.close());

/**
 * Runs a test in a browser of its own. Whatever it does, the page asks nobody but the server, reports no violation of
 * its policy and no error. `refused` are statuses of failed requests that the test brings about. The browser has the key
 * already, unless it is a `stranger`.
 */
function page(name, run, { refused = [], stranger = false } = {}) {
  test(name, { timeout: 300_000 }, async (context) => {
    const session = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    if (key && !stranger) await session.addInitScript((key) => sessionStorage.setItem("jurybox.key", key), key);
    await session.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
    });
    const view = await session.newPage();
    view.setDefaultTimeout(QUICK.timeout);
    const complaints = [];
    const origin = new URL(url).origin;
    view.on("request", (request) => {
      if (new URL(request.url()).origin !== origin) complaints.push(`request to ${request.url()}`);
    });
    view.on("pageerror", (error) => complaints.push(`error: ${error.stack}`));
    view.on("dialog", (dialog) => complaints.push(`dialog: ${dialog.message()}`));
    view.on("console", (message) => {
      if (message.type() !== "error" && message.type() !== "warning") return;
      const text = message.text();
      const status = Number(/Failed to load resource: .*status of (\d+)/.exec(text)?.[1]);
      if (refused.includes(status) || (refused.includes(0) && /net::ERR/.test(text))) return;
      complaints.push(`console: ${text}`);
    });
    try {
      await view.goto(url);
      await run(view, context);
    } catch (error) {
      if (pictures) await view.screenshot({ path: `${pictures}/failed-${name.replace(/\W+/g, "-")}.png`, fullPage: true });
      throw error;
    } finally {
      await session.close();
    }
    assert.deepEqual(complaints, []);
  });
}

async function picture(view, name) {
  if (pictures) await view.screenshot({ path: `${pictures}/${name}.png` });
}

async function signIn(view) {
  await view.waitForFunction(() => !document.querySelector("#app").hidden || !document.querySelector("#sign-in").hidden);
  if (await view.locator("#sign-in").isVisible()) {
    await view.getByLabel("API key").fill(key);
    await view.getByRole("button", { name: "Sign in" }).click();
  }
  await view.locator("#app").waitFor();
  await view.locator(".sample, #event-note:not(:empty)").first().waitFor();
}

/** Replaces the text in the editor, as typing or pasting does. */
async function write(view, source) {
  await view.locator(".cm-content").click();
  await view.keyboard.press("ControlOrMeta+a");
  await view.keyboard.press("Delete");
  await view.keyboard.insertText(source);
}

async function text(view) {
  return (await view.locator(".cm-line").allTextContents()).join("\n");
}

/** Adds events by the dialog. */
async function paste(view, events) {
  await view.getByRole("button", { name: "Add", exact: true }).click();
  await view.locator("#paste-text").fill(events);
  await view.getByRole("button", { name: "Add events" }).click();
}

/** Drops a file where files are least welcome: on the editor. */
async function drop(view, name, content) {
  const transfer = await view.evaluateHandle(
    ([name, content]) => {
      const data = new DataTransfer();
      data.items.add(new File([content], name));
      return data;
    },
    [name, content],
  );
  await view.locator("body").dispatchEvent("dragenter", { dataTransfer: transfer });
  await view.locator("#drop").waitFor();
  await view.locator(".cm-content").dispatchEvent("drop", { dataTransfer: transfer });
}

/** Runs with the keyboard, and answers the badges of the verdicts. */
async function run(view, wait = SLOW) {
  await view.keyboard.press("ControlOrMeta+Enter");
  await view.locator("#progress").waitFor({ state: "hidden", ...wait });
  await view.locator("#results-body").locator("tr.verdict, .message").first().waitFor(wait);
  return view.locator("tr.verdict .badge").allTextContents();
}

/** The line that the cursor is in, and what is selected. */
async function selection(view) {
  const line = Number(await view.locator(".cm-activeLineGutter").first().textContent());
  const host = await view.locator("#editor").elementHandle();
  const selected = await host.evaluate((element) => {
    const root = element.shadowRoot;
    return (root.getSelection?.() ?? document.getSelection()).toString();
  });
  return { line, selected };
}

const PLAIN = ["alpha", "beta", "gamma", "delta", "epsilon"].map((output, index) => ({ id: `e-${index}`, input: `question ${index}`, output }));
const lines = (events) => events.map((event) => (typeof event === "string" ? event : JSON.stringify(event))).join("\n");

page("a key is asked for, checked, and kept in the tab only", async (view) => {
  if (!key) {
    await signIn(view);
    assert.equal(await view.getByRole("button", { name: "Sign out" }).isVisible(), false);
    return;
  }
  await view.getByLabel("API key").fill("no-such-key");
  await view.getByLabel("API key").press("Enter");
  await view.getByText("does not know this key").waitFor();
  assert.equal(await view.locator("#app").isVisible(), false);
  await picture(view, "sign-in");
  await signIn(view);
  const kept = await view.evaluate(() => [JSON.stringify({ ...localStorage }), document.cookie, location.href]);
  assert.ok(kept.every((place) => !place.includes(key)));
  await view.reload();
  await view.locator("#app").waitFor();
  await view.getByRole("button", { name: "Sign out" }).click();
  await view.getByLabel("API key").waitFor();
  assert.equal(await view.evaluate(() => sessionStorage.length), 0);
}, { refused: [401], stranger: true });

page("a metric is typed and run on five events with one key press", async (view) => {
  await signIn(view);
  await write(view, "let words := length(splitByString(' ', output))\nprint(f'{words} words')\nreturn words > 3\n");
  await view.getByText("Compiles").waitFor();
  const verdicts = await run(view);
  assert.equal(verdicts.length, 5);
  assert.ok(verdicts.every((badge) => badge === "Pass" || badge === "Fail"), verdicts.join());
  const first = view.locator("tr.verdict").first();
  assert.match(await first.locator(".reason").textContent(), /^\d+ words$/);
  for (const name of ["Fuel", "Memory"]) {
    const meter = first.getByRole("meter", { name });
    assert.ok(Number(await meter.getAttribute("aria-valuenow")) > 0);
    assert.ok(Number(await meter.getAttribute("aria-valuemax")) >= 2 ** 20);
  }
  assert.match(await first.locator(".c-time").textContent(), /µs|ms/);
  await first.getByRole("button", { name: /Details/ }).click();
  assert.match(await view.locator("tr.detail:visible").textContent(), /Logs\d+ words/);
  assert.match(await view.locator("#announce").textContent(), /^5 events judged: /);
  await picture(view, "verdicts");

  // Verdicts of an older text say so, and those of another metric are gone.
  const outdated = view.getByText("from before your last change");
  assert.equal(await outdated.isVisible(), false);
  await view.locator(".cm-content").press("End");
  await view.keyboard.type(" ");
  await outdated.waitFor();
  await view.getByLabel("Example").selectOption({ label: "No refusal" });
  await view.getByText("No results yet").waitFor();
});

page("the languages are highlighted", async (view) => {
  await signIn(view);
  const colours = async (language, source, words) => {
    await view.getByLabel("Language").selectOption(language);
    await write(view, source);
    return view.locator(".cm-content").evaluate(
      (content, words) =>
        words.map((word) => {
          const token = [...content.querySelectorAll("span")].findLast((span) => span.textContent === word);
          return token ? getComputedStyle(token).color : `no ${word}`;
        }),
      words,
    );
  };
  const hog = await colours("hog", "let size := lower(f'a {length('b')} c') || \"x\" /* note\n more */ -- end\n", ["let", "lower", "'b'", " more */", "-- end"]);
  assert.equal(new Set(hog).size, 4, hog.join());
  assert.equal(hog[3], hog[4]);
  const python = await colours("python", "def evaluate(event):\n    return 'a' # note\n", ["return", "'a'", "# note"]);
  assert.equal(new Set(python).size, 3, python.join());
  const typescript = await colours("typescript", "const a: string = 'a'; // note\n", ["const", "'a'", "// note", "string"]);
  assert.equal(new Set(typescript).size, 4, typescript.join());
  const wasm = await colours("wasm", "(module (memory 1) ;; note\n)", ["module", "1", ";; note"]);
  assert.equal(new Set(wasm).size, 3, wasm.join());
});

page("a mistake is shown where it is, as it is typed, and reached by keyboard", async (view) => {
  await signIn(view);
  await write(view, "let words := splitByString(' ', output)\n\nif (length(words) > 3 && not empty(input)) {\n    return true\n}\nreturn false\n");
  const problem = view.locator(".problem.error").first();
  await problem.waitFor();
  assert.match(await problem.textContent(), /3:2\d/);
  await view.locator(".cm-lintRange-error").first().waitFor();
  const marked = view.locator(".cm-line").nth(2).locator(".cm-lintRange-error");
  assert.equal(await marked.first().textContent(), "&&");
  await problem.focus();
  await view.keyboard.press("Enter");
  assert.equal((await selection(view)).line, 3);

  assert.deepEqual(await run(view), []);
  await view.getByText("The metric does not compile.").waitFor();
  await picture(view, "does-not-compile");
  await view.locator(".cm-content").press("ControlOrMeta+Home");
  assert.equal((await selection(view)).line, 1);
  await view.getByRole("button", { name: "Go to line 3" }).click();
  const { line, selected } = await selection(view);
  assert.equal(line, 3);
  assert.match(selected, /&&|empty\(input\)/);

  await write(view, "return true\n");
  await view.getByText("Compiles").waitFor();
  assert.equal(await view.locator(".problem").count(), 0);
  assert.equal((await run(view)).length, 5);
}, { refused: [400] });

page("positions are right behind characters of several bytes", async (view) => {
  await signIn(view);
  await write(view, "let note := 'Grüße 🦔 日本'\nlet both := note == 'ä🦔' && true\nreturn both\n");
  await view.locator(".cm-lintRange-error").first().waitFor();
  assert.equal(await view.locator(".cm-lintRange-error").first().textContent(), "&&");
});

page("answers to older text are not shown", async (view) => {
  await signIn(view);
  await write(view, "return true\n");
  await view.getByText("Compiles").waitFor();
  const held = [];
  await view.route("**/api/jurybox/check", async (route) => {
    if (route.request().postData().includes("&&")) held.push(route);
    else await route.continue();
  });
  await write(view, "return true && false\n");
  await view.waitForTimeout(600);
  assert.equal(held.length, 1);
  await write(view, "return false\n");
  await view.waitForTimeout(600);
  for (const route of held) await route.continue().catch(() => undefined);
  await view.waitForTimeout(600);
  assert.equal(await view.locator(".problem").count(), 0);
  assert.equal(await view.locator(".cm-lintRange-error").count(), 0);
});

page("pass, fail, n/a, a value and an error never look alike", async (view) => {
  await signIn(view);
  await paste(view, lines(PLAIN));
  await view.getByText("Allow N/A").click();
  await write(view, "if (output == 'alpha') { return true }\nif (output == 'beta') { return false }\nif (output == 'gamma') { return null }\nprint('before')\nif (output == 'delta') {\n    throw Error('no delta here')\n}\nreturn false\n");
  const verdicts = await run(view);
  assert.deepEqual(verdicts, ["Pass", "Fail", "N/A", "Runtime error", "Fail"]);
  const looks = await view.locator("tr.verdict .badge").evaluateAll((badges) =>
    badges.slice(0, 4).map((badge) => {
      const { color, backgroundColor, borderTopStyle, borderRadius } = getComputedStyle(badge);
      return { icon: badge.querySelector("svg").innerHTML, color, shape: [borderTopStyle, borderRadius, backgroundColor].join() };
    }),
  );
  for (const property of ["icon", "color", "shape"]) {
    assert.equal(new Set(looks.map((look) => look[property])).size, 4, property);
  }
  const failed = view.locator("tr.is-error");
  assert.match(await failed.textContent(), /no delta here/);
  await failed.locator(".jump").focus();
  await view.keyboard.press("Enter");
  const { line, selected } = await selection(view);
  assert.equal(line, 6);
  assert.match(selected, /throw Error/);
  await failed.getByRole("button", { name: /Details/ }).click();
  assert.match(await view.locator("tr.detail:visible").textContent(), /before/);
  await picture(view, "states");

  // Only the errors.
  await view.getByRole("button", { name: "1 error" }).click();
  assert.equal(await view.locator("tr.verdict").count(), 1);
  await view.getByRole("button", { name: "1 error" }).click();
  assert.equal(await view.locator("tr.verdict").count(), 5);

  // Without N/A, null is an error.
  await view.getByText("Allow N/A").click();
  assert.deepEqual((await run(view))[2], "Invalid result");
});

page("a run out of fuel fills its bar", async (view) => {
  await signIn(view);
  await paste(view, lines(PLAIN.slice(0, 1)));
  await write(view, "let i := 0\nwhile (true) {\n    i := i + 1\n}\nreturn true\n");
  assert.deepEqual(await run(view), ["Out of fuel"]);
  assert.equal(await view.locator(".meter.full").count(), 1);
});

page("numbers and categories have their rules", async (view) => {
  await signIn(view);
  await paste(view, lines(PLAIN));
  await view.getByLabel("Returns").selectOption("numeric");
  await view.getByLabel("Threshold").fill("5");
  await write(view, "return length(output)\n");
  assert.deepEqual(await run(view), ["Pass", "Fail", "Pass", "Pass", "Pass"]);
  assert.equal(await view.locator("tr.verdict .value").first().textContent(), "5");
  await view.getByLabel("Threshold").fill("");
  assert.deepEqual(new Set(await run(view)), new Set(["Value"]));
  await view.getByLabel("Returns").selectOption("categorical");
  await view.locator("#categories").fill("short, long");
  await view.locator("#pass-categories").fill("long");
  await write(view, "return length(output) > 4 ? 'long' : 'short'\n");
  assert.deepEqual(await run(view), ["Pass", "Fail", "Pass", "Pass", "Pass"]);
  await view.getByLabel("How many categories").selectOption("multiple");
  await write(view, "return length(output) > 4 ? ['long'] : ['short', 'long']\n");
  assert.deepEqual(await run(view), ["Pass", "Fail", "Pass", "Pass", "Pass"]);
});

page("a metric is saved, listed, opened, changed, copied, deleted and brought back", async (view) => {
  await signIn(view);
  const name = `Longer than <b>three</b> words ${Date.now()}`;
  await write(view, "return length(splitByString(' ', output)) > 3\n");
  await view.getByRole("button", { name: "Save as evaluation" }).click();
  await view.getByLabel("Name").fill(name);
  await view.getByLabel("Description").fill("made by a test");
  await view.getByLabel("Percent of the events").fill("25");
  await picture(view, "save");
  await view.locator("#save-submit").click();
  const entry = view.locator(".evaluation", { hasText: name }).first();
  await entry.waitFor();
  assert.equal(await entry.getAttribute("aria-current"), "true");
  await entry.locator("svg.chart").waitFor();
  assert.equal(await view.locator("#metric-state").textContent(), "saved");
  assert.equal(await view.locator(".evaluation b").count(), 0);

  // A new metric, and back.
  await view.getByRole("button", { name: "New", exact: true }).click();
  assert.equal(await view.locator("#metric-title").textContent(), "New metric");
  await entry.click();
  assert.match(await text(view), /> 3/);

  // A change is kept as a draft over a reload, and can be discarded.
  await write(view, "return length(splitByString(' ', output)) > 4\n");
  assert.equal(await view.locator("#metric-state").textContent(), "not saved");
  await view.reload();
  await view.locator("#metric-state", { hasText: "not saved" }).waitFor();
  assert.equal(await view.locator("#metric-title").textContent(), name);
  assert.match(await text(view), /> 4/);
  await view.getByRole("button", { name: "Discard changes" }).click();
  assert.match(await text(view), /> 3/);

  // A change is saved.
  await write(view, "return length(splitByString(' ', output)) > 5\n");
  await view.keyboard.press("ControlOrMeta+s");
  await view.getByText("Saved", { exact: true }).waitFor();
  await view.goto(`${url}/#00000000-0000-7000-8000-000000000000`);
  await view.reload();
  await view.getByText("The evaluation of this link can't be opened.").waitFor();
  await entry.click();
  assert.match(await text(view), /> 5/);
  await view.getByRole("button", { name: "Settings" }).click();
  assert.equal(await view.getByLabel("Percent of the events").inputValue(), "25");
  assert.equal(await view.getByLabel("Description").inputValue(), "made by a test");
  await view.getByLabel("Name").fill(`${name} (copy)`);
  await view.getByRole("button", { name: "Save as a copy" }).click();
  const copy = view.locator(".evaluation", { hasText: `${name} (copy)` });
  await copy.waitFor();

  // What does not compile is not saved.
  await write(view, "return 1 &&\n");
  await view.getByRole("button", { name: "Save", exact: true }).click();
  await view.locator(".notice.bad", { hasText: "Not saved." }).waitFor();
  await view.getByRole("button", { name: "Discard changes" }).click();

  await view.getByRole("button", { name: "Settings" }).click();
  await view.getByRole("button", { name: "Delete" }).click();
  await copy.waitFor({ state: "detached" });
  await view.getByRole("button", { name: "Undo" }).click();
  await copy.waitFor();
}, { refused: [400, 404] });

page("a saved evaluation runs on what arrives, and its pass rate shows", async (view) => {
  if (!key) return;
  await signIn(view);
  const name = `Live ${Date.now()}`;
  await write(view, "return length(output) > 3\n");
  await view.getByRole("button", { name: "Save as evaluation" }).click();
  await view.getByLabel("Name").fill(name);
  await view.locator("#save-submit").click();
  const entry = view.locator(".evaluation", { hasText: name });
  await entry.waitFor();
  const batch = ["no", "long enough", "long enough, too", "quite long enough"].map((output) => ({
    event: "$ai_generation",
    distinct_id: "browser-test",
    properties: { $ai_input: "Why?", $ai_output: output },
  }));
  const captured = await fetch(`${url}/batch/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ api_key: key, batch }),
  });
  assert.equal(captured.status, 200);
  for (let turn = 0; turn < 30 && (await entry.locator(".rate").textContent()) !== "75 %"; turn += 1) {
    await view.waitForTimeout(500);
    await view.reload();
    await entry.locator("svg.chart").waitFor();
  }
  assert.equal(await entry.locator(".rate").textContent(), "75 %");
  assert.match(await entry.locator("svg.chart").getAttribute("aria-label"), /4 events judged, 75 % passed/);
  assert.equal(await entry.locator("svg.chart .pass").count(), 1);
  // What the evaluations said are events, too, but nothing to run metrics on.
  assert.equal(await view.locator(".event-kind").count(), 0);
  await view.getByLabel("Which stored events").selectOption("");
  await view.locator(".event-kind", { hasText: "$ai_evaluation" }).first().waitFor();
  await picture(view, "live");
});

page("events are pasted and dropped, with what can't be read", async (view) => {
  await signIn(view);
  await view.getByRole("button", { name: "Add", exact: true }).click();
  await view.locator("#paste-text").fill("not json");
  await view.getByRole("button", { name: "Add events" }).click();
  await view.getByText("No event could be read. Line 1").waitFor();
  await view.locator("#paste-text").fill(`${JSON.stringify(PLAIN[0])}\noops\n${JSON.stringify(PLAIN[1])}`);
  await view.getByRole("button", { name: "Add events" }).click();
  await view.getByText("2 events added; 1 line could not be read (line 2").waitFor();
  assert.equal(await view.locator(".sample").count(), 2);

  await drop(view, "events.jsonl", lines(PLAIN.slice(2)));
  await view.waitForFunction(() => document.querySelectorAll(".sample").length === 5);
  assert.equal(await view.locator("#drop").isVisible(), false);
  await write(view, "print(output)\nreturn true\n");
  assert.equal((await run(view)).length, 5);
  assert.deepEqual(await view.locator("tr.verdict .reason").allTextContents(), PLAIN.map(({ output }) => output));

  // Only the selected ones.
  await view.locator(".sample .box").nth(1).click();
  await view.locator(".sample .box").nth(3).click();
  await run(view);
  assert.deepEqual(await view.locator("tr.verdict .reason").allTextContents(), ["beta", "delta"]);

  // They become samples.
  await view.getByRole("button", { name: "Store on server" }).click();
  await view.getByText("5 events stored").waitFor();
  await view.locator("#tab-stored[aria-selected=true]").waitFor();
  await view.getByLabel("Search events").fill("epsilon");
  await view.waitForFunction(() => document.querySelectorAll(".sample").length === 1);

  // A metric can be dropped, too.
  await drop(view, "metric.py", "def evaluate(event):\n    return True\n");
  await view.waitForFunction(() => document.querySelector("#language").value === "python");
  assert.match(await text(view), /def evaluate/);
});

page("every digit of a number arrives", async (view) => {
  await signIn(view);
  await paste(view, '{"id": "n", "input": "", "output": "x", "big": 123456789012345678901234567890, "whole": 1.0}');
  await write(view, "print(properties.big, properties.whole)\nreturn true\n");
  await run(view);
  assert.equal(await view.locator("tr.verdict .reason").textContent(), "123456789012345678901234567890 1.0");
});

page("many events are streamed", async (view) => {
  await signIn(view);
  await drop(view, "many.jsonl", lines(Array.from({ length: 3000 }, (_, index) => ({ id: `s-${index}`, input: "", output: "x".repeat(index % 7) }))));
  await view.getByRole("button", { name: "All", exact: true }).click();
  await view.getByRole("button", { name: /Run on 3000/ }).waitFor();
  await write(view, "return length(output) > 0\n");
  await run(view);
  await view.getByText("3,000 events judged: 2,571 pass, 429 fail.").waitFor(SLOW);
  assert.equal(await view.locator("tr.verdict").count(), 200);
  await view.getByRole("button", { name: "Show more" }).click();
  assert.equal(await view.locator("tr.verdict").count(), 400);
});

page("texts of strangers stay texts", async (view) => {
  await signIn(view);
  const hostile = '<img src=x onerror="alert(1)"><script>alert(2)</script><style>*{display:none}</style>';
  await paste(view, JSON.stringify({ id: hostile, event: hostile, input: hostile, output: hostile }));
  await view.locator(".sample").first().click();
  await write(view, "print(output)\nthrow Error(output)\n");
  await run(view);
  await view.getByRole("button", { name: /Details/ }).click();
  assert.match(await view.locator("tr.is-error").textContent(), /<img src=x/);
  assert.equal(await view.locator("main img, main script, main style").count(), 0);
});

for (const [language, example] of [["python", "On topic (a number)"], ["python", "Tone (a category)"], ["javascript", "No personal data"], ["typescript", "Contains what was expected"], ["wasm", "Small event"]]) {
  page(`the example “${example}” runs in ${language}`, async (view) => {
    await signIn(view);
    await view.getByLabel("Example").selectOption({ label: example });
    assert.equal(await view.getByLabel("Language").inputValue(), language);
    await view.getByText("Compiles").waitFor(SLOW);
    const verdicts = await run(view);
    assert.equal(verdicts.length, 5);
    assert.ok(verdicts.every((badge) => ["Pass", "Fail", "N/A"].includes(badge)), verdicts.join());
  });
}

page("each example in Hog runs on every stored event", async (view) => {
  await signIn(view);
  for (const example of ["Short enough", "No refusal", "JSON when asked for", "Cost and latency"]) {
    await view.getByLabel("Example").selectOption({ label: example });
    await view.getByText(/^Compiles$/).waitFor();
    await view.getByRole("button", { name: "All", exact: true }).click();
    await run(view);
    const summary = await view.locator("#summary").textContent();
    assert.doesNotMatch(summary, /error/, example);
    assert.match(summary, /pass/, example);
  }
});

page("the language's own mistakes have lines, too", async (view) => {
  await signIn(view);
  await paste(view, lines(PLAIN));
  await view.getByLabel("Language").selectOption("python");
  await write(view, "def evaluate(event):\n    ratio = 1 / 0\n    return ratio > 1\n");
  const verdicts = await run(view);
  assert.deepEqual(new Set(verdicts), new Set(["Runtime error"]));
  await view.locator(".jump").first().click();
  assert.equal((await selection(view)).line, 2);
});

page("fields, functions and own names are completed", async (view) => {
  await signIn(view);
  await write(view, "let wordcount := 1\nreturn ");
  const offered = async (typed) => {
    await view.keyboard.type(typed);
    await view.locator(".cm-tooltip-autocomplete li").first().waitFor();
    const options = await view.locator(".cm-tooltip-autocomplete .cm-completionLabel").allTextContents();
    await view.keyboard.press("Escape");
    for (const _ of typed) await view.keyboard.press("Backspace");
    return options;
  };
  assert.ok((await offered("properties.$ai_")).includes("$ai_model"));
  assert.ok((await offered("splitB")).includes("splitByString"));
  assert.ok((await offered("wordc")).includes("wordcount"));
  assert.ok((await offered("outp")).includes("output"));
});

page("a busy server is asked again", async (view) => {
  await signIn(view);
  let turns = 0;
  await view.route("**/api/jurybox/evaluate", async (route) => {
    turns += 1;
    if (turns > 1) return route.continue();
    return route.fulfill({ status: 429, headers: { "retry-after": "1" }, json: { error: "Too much to do.", kind: "busy" } });
  });
  await write(view, "return true\n");
  await view.keyboard.press("ControlOrMeta+Enter");
  await view.getByText("The server is busy; trying again in 1 second").waitFor();
  await view.locator("tr.verdict").first().waitFor(SLOW);
  assert.equal(turns, 2);
}, { refused: [429] });

page("a server that is away is missed, and found again", async (view) => {
  await signIn(view);
  await view.context().setOffline(true);
  await write(view, "return true\n");
  await view.getByText("The server does not answer; trying again").waitFor();
  await run(view);
  await view.getByText("The metric was not run.").waitFor();
  await view.context().setOffline(false);
  await view.getByText("The server does not answer; trying again").waitFor({ state: "detached" });
  await view.getByRole("button", { name: "Try again" }).click();
  await view.locator("tr.verdict").first().waitFor(SLOW);
}, { refused: [0] });

page("a run can be stopped", async (view) => {
  await signIn(view);
  await view.route("**/api/jurybox/evaluate", () => undefined);
  await write(view, "return true\n");
  await view.keyboard.press("ControlOrMeta+Enter");
  await view.getByRole("button", { name: /Stop/ }).waitFor();
  await view.keyboard.press("Escape");
  await view.getByText("Stopped.").waitFor();
  await view.getByRole("button", { name: /Run on 5/ }).waitFor();
}, { refused: [0] });

page("a key that is revoked leads back to signing in, and nothing is lost", async (view) => {
  if (!key) return;
  await signIn(view);
  await write(view, "return 'kept' == 'kept'\n");
  await view.route("**/api/jurybox/**", (route) => route.fulfill({ status: 401, json: { error: "No.", kind: "unknown_key" } }));
  await view.keyboard.press("ControlOrMeta+Enter");
  await view.getByLabel("API key").waitFor();
  await view.unroute("**/api/jurybox/**");
  await signIn(view);
  assert.match(await text(view), /kept/);
}, { refused: [401], stranger: true });

page("everything is reached by keyboard", async (view) => {
  await signIn(view);
  const seen = new Set();
  await view.locator("body").press("Tab");
  for (let step = 0; step < 60; step += 1) {
    const focus = await view.evaluate(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      const visible = getComputedStyle(element).outlineStyle !== "none" || element.matches(".cm-content") || element.closest(".switch, .file") !== null;
      return { id: element?.id || element?.className || "", visible };
    });
    assert.ok(focus.visible || focus.id === "", `the focus shows on ${focus.id}`);
    seen.add(focus.id);
    if (focus.id.includes("cm-content")) await view.keyboard.press("Escape");
    await view.keyboard.press("Tab");
  }
  for (const id of ["theme", "new", "evaluation-search", "save", "language", "examples", "output-type", "allow-na", "run", "splitter", "tab-stored", "paste", "event-search", "event-list"]) {
    assert.ok(seen.has(id), `${id} is reached`);
  }
  assert.ok([...seen].some((id) => id.includes("cm-content")));

  await view.locator("#event-list").focus();
  await view.keyboard.press("ArrowDown");
  await view.keyboard.press(" ");
  await view.keyboard.press("ArrowDown");
  await view.keyboard.press(" ");
  await view.getByText("2 events selected").waitFor();
  await view.locator("#inspector").waitFor();
  assert.equal((await run(view)).length, 2);
});

page("dark and light, wide and narrow, are readable", async (view) => {
  await signIn(view);
  await paste(view, lines(PLAIN));
  await view.getByText("Allow N/A").click();
  await write(view, "// a comment\nlet a := properties.id ?? f'text {1 + 2}'\nif (output == 'alpha') { return true }\nif (output == 'gamma') { return null }\nif (output == 'delta') { throw Error('no') }\nreturn false\n");
  await run(view);
  await view.locator(".sample").first().click();
  for (const theme of ["light", "dark"]) {
    while ((await view.evaluate(() => localStorage.getItem("jurybox.theme"))) !== theme) await view.locator("#theme").click();
    assert.equal(await view.evaluate(() => document.documentElement.dataset.theme), theme);
    for (const [width, height] of [[1440, 900], [1024, 768], [390, 844]]) {
      await view.setViewportSize({ width, height });
      await view.waitForTimeout(200);
      await picture(view, `${theme}-${width}`);
      const wide = await view.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `nothing sticks out at ${width}`);
      await view.evaluate(axe);
      const { violations } = await view.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] }));
      const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`));
      assert.deepEqual(found, [], `${theme}, ${width}`);
    }
  }
});

test("the page is served as it should be", async () => {
  const answer = await fetch(url);
  const policy = answer.headers.get("content-security-policy");
  assert.match(policy, /^default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe|\*/);
  assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  const again = await fetch(url, { headers: { "if-none-match": answer.headers.get("etag") } });
  assert.equal(again.status, 304);
  const licences = await (await fetch(`${url}/assets/LICENSES.txt`)).text();
  assert.match(licences, /@codemirror\/view/);
});
