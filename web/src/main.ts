/** Puts the page together. */

import * as api from "./api";
import { Checker } from "./checker";
import { byId, fill, h } from "./dom";
import { dropping } from "./dropping";
import { Vocabulary } from "./editor/complete";
import { Editor } from "./editor/editor";
import { EvaluationsPane } from "./evaluations-pane";
import { EventsPane } from "./events-pane";
import { EXAMPLES } from "./examples";
import { count } from "./format";
import { icon, type IconName } from "./icons";
import { LANGUAGES, languageName } from "./languages";
import { Metric } from "./metric";
import { explain, notice, watchConnection } from "./notices";
import { OutputControls, toOptions } from "./output";
import { Results } from "./results";
import { run } from "./runner";
import { signIn } from "./sign-in";
import { splitter } from "./splitter";
import { choice, choose, type Choice } from "./theme-choice";
import type { Session } from "./types";

/** Who was away for longer gets fresh lists. */
const AWAY_MS = 20_000;

const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

function themeButton(): void {
  const button = byId("theme");
  const next: Record<Choice, Choice> = { auto: "light", light: "dark", dark: "auto" };
  const names: Record<Choice, string> = { auto: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" };
  const draw = (): void => {
    const current = choice();
    fill(button, icon(current satisfies IconName));
    button.classList.add("icon-only");
    button.setAttribute("aria-label", names[current]);
    button.title = names[current];
  };
  button.addEventListener("click", () => {
    choose(next[choice()]);
    draw();
  });
  draw();
}

function signedIn(session: Session): void {
  const project = byId("project");
  project.hidden = false;
  project.textContent = session.project.name;
  project.title = `Project ${session.project.id}${session.version ? `, jurybox ${session.version}` : ""}`;
  const out = byId("sign-out");
  out.hidden = !api.hasKey();
  out.addEventListener("click", () => {
    api.setKey(null);
    location.reload();
  });
  byId("app").hidden = false;
}

function page(session: Session): void {
  const vocabulary = new Vocabulary();
  const posthog = new api.Evaluations(session.project.id);
  const languages = session.languages?.length ? LANGUAGES.filter((language) => session.languages?.includes(language)) : LANGUAGES;
  fill(byId("language"), ...languages.map((language) => h("option", { value: language }, languageName(language))));

  let under: AbortController | undefined;
  const editor: Editor = new Editor(byId("editor"), {
    vocabulary,
    changed: () => {
      metric.touched();
      checker.touch();
      results.outdate();
    },
    run: () => void start(),
    save: () => metric.save(),
  });
  const checker = new Checker(editor);
  const output = new OutputControls(() => {
    metric.touched();
    results.outdate();
  });
  const results = new Results({
    jump: (line, column) => editor.jump(line, column),
    inspect: (sample) => events.inspect(sample),
  });
  const events = new EventsPane(() => {
    vocabulary.observe(events.all);
    label();
  });
  const metric: Metric = new Metric(session.project.id, posthog, editor, output, {
    opened: () => {
      checker.touch(0);
      evaluations.mark(metric.id);
      under?.abort();
      under = undefined;
      results.clear();
      label();
    },
    stored: () => void evaluations.load(),
    values: () => results.values,
  });
  const evaluations = new EvaluationsPane(posthog, {
    open: (evaluation) => {
      metric.open(evaluation);
      editor.focus();
    },
  });

  const button = byId("run");
  function label(): void {
    const running = under !== undefined;
    button.className = running ? "running" : "primary";
    const number = events.chosen.length;
    byId("run-label").textContent = running ? "Stop" : number === 0 ? "Run" : `Run on ${number}`;
    byId("run-key").textContent = running ? "Esc" : isApple ? "⌘ ⏎" : "Ctrl ⏎";
  }

  async function start(): Promise<void> {
    under?.abort();
    const samples = events.chosen;
    results.start();
    if (samples.length === 0) {
      results.fail("There are no events to run on.", "Add some first: drop a file, paste JSON, or capture events with a client.");
      return;
    }
    const current = new AbortController();
    under = current;
    label();
    const begun = performance.now();
    try {
      await run(
        { language: editor.language, source: editor.text, options: toOptions(output.value), samples },
        {
          verdicts: (rows) => results.add(rows),
          busy: (seconds) => notice(`The server is busy; trying again in ${count(seconds, "second")}.`),
        },
        current.signal,
      );
      results.finish((performance.now() - begun) * 1000);
    } catch (error) {
      if (current !== under) return;
      if (api.isAborted(error)) results.fail("Stopped.", "");
      else failed(error);
    } finally {
      if (current === under) {
        under = undefined;
        label();
      }
    }
  }

  function failed(error: unknown): void {
    if (error instanceof api.ApiError && error.diagnostics.length > 0) {
      checker.show(error.diagnostics);
      const first = error.diagnostics.find(({ severity }) => severity === "error") ?? error.diagnostics[0];
      if (first) {
        const { line, column } = first.start;
        results.fail("The metric does not compile.", first.message, { name: `Go to line ${line}`, run: () => editor.jump(line, column) });
        return;
      }
    }
    results.fail("The metric was not run.", explain(error), { name: "Try again", run: () => void start() });
  }

  button.addEventListener("click", () => (under ? under.abort() : void start()));
  const isModal = (): boolean => document.querySelector("dialog[open]") !== null;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented || isModal()) return;
    event.preventDefault();
    void start();
  });
  // Before the editor, which has uses of its own for Escape.
  document.addEventListener("keydown", (event) => event.key === "Escape" && !isModal() && under?.abort(), { capture: true });

  const examples = byId<HTMLSelectElement>("examples");
  fill(
    examples,
    h("option", { value: "" }, "Start from …"),
    ...languages
      .map((language) => [language, EXAMPLES.filter((example) => example.language === language)] as const)
      .filter(([, group]) => group.length > 0)
      .map(([language, group]) =>
        h("optgroup", { label: languageName(language) }, ...group.map((example) => h("option", { value: EXAMPLES.indexOf(example) }, example.title))),
      ),
  );
  examples.addEventListener("change", () => {
    const example = EXAMPLES[Number(examples.value || "-1")];
    examples.value = "";
    if (example) metric.example(example);
  });

  dropping({ events: (text) => events.add(text), metric: (source, language) => metric.replace(source, language) });
  splitter();
  const linked = (): string | undefined => /^#([\da-f-]{36})$/i.exec(location.hash)?.[1];
  const openLinked = (id = linked()): void => {
    if (!id || id === metric.id) return;
    posthog.retrieve(id).then(
      (evaluation) => metric.open(evaluation),
      (error: unknown) => notice(`The evaluation of this link can't be opened. ${explain(error)}`, { bad: true }),
    );
  };
  const first = linked();
  metric.open(null);
  openLinked(first);
  addEventListener("hashchange", () => openLinked());
  label();
  const refresh = (): void => {
    void evaluations.load();
    void events.load();
  };
  refresh();
  // Whoever comes back to the page after a while sees what happened meanwhile.
  let left = Infinity;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) left = performance.now();
    else if (performance.now() - left > AWAY_MS) refresh();
  });
  // Without these the page works all the same: less is completed, and bars are held against the usual limits.
  api.limits().then((limits) => results.setLimits(limits), () => undefined);
  api.completions().then((completions) => vocabulary.learn(completions), () => undefined);
}

async function boot(): Promise<void> {
  themeButton();
  watchConnection();
  const session = await signIn();
  signedIn(session);
  // A key that is revoked while the page is open: what was written is kept as a draft, so begin again.
  api.connection.addEventListener("refused", () => location.reload(), { once: true });
  page(session);
}

void boot();
