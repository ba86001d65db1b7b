// @ts-check
"use strict";

/** What is being sent and changed, a line each. */

import { hasEnded } from "./jobs.js";
import { inert } from "./links.js";
import { announce } from "./listing.js";
import { Problem } from "./stream.js";
import { language, read, say } from "./wording.js";

/** How much of the way sending takes, in hundredths. */
const SENDING = 25;

const entries = read("wording");

const UNQUOTED = /«[^»]*»|(?<=\p{L})'(?=\p{L})/gu;

/**
 * Why something was refused, in the reader's language.
 * @param {unknown} problem
 */
export function reason(problem) {
  const key = `library.script.fault.${problem instanceof Problem ? problem.slug : "other"}`;
  return say(key in entries ? key : "library.script.fault.other");
}

export class Activity {
  /** @param {Record<string, [number, number]>} stages from where to where each takes a job */
  constructor(stages) {
    this.stages = stages;
    this.section = /** @type {HTMLElement} */ (document.getElementById("activity"));
    this.rows = /** @type {HTMLElement} */ (document.getElementById("activity-rows"));
  }

  /**
   * Follow the jobs that the page came with.
   * @param {import("./jobs.js").Jobs} jobs
   */
  adopt(jobs) {
    for (const line of this.rows.querySelectorAll("[data-job]")) {
      const { job = "", kind = "add" } = /** @type {HTMLElement} */ (line).dataset;
      const name = line.querySelector(".activity-name")?.textContent?.trim() ?? "";
      const row = this.add(name, kind, false);
      row.element.dataset.job = job;
      row.state.textContent = line.querySelector(".activity-state")?.textContent ?? "";
      row.bar.value = line.querySelector("progress")?.value ?? 0;
      line.replaceWith(row.element);
      jobs.follow(job, (told) => row.tell(told));
    }
  }

  /**
   * A new line about something of this name.
   * @param {string} name
   * @param {string} kind of job that it is to be
   * @param {boolean} sent whether something is sent first
   */
  add(name, kind, sent) {
    const template = /** @type {HTMLTemplateElement} */ (document.getElementById("activity-row"));
    const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    const element = /** @type {HTMLElement} */ (copy.firstElementChild);
    const row = new Row(element, kind, this.stages, sent ? SENDING : 0);
    row.name(name);
    this.rows.append(element);
    this.section.hidden = false;
    return row;
  }
}

export class Row {
  /**
   * @param {HTMLElement} element
   * @param {string} kind of job that it is to be
   * @param {Record<string, [number, number]>} stages
   * @param {number} from where its job begins, in hundredths of the whole
   */
  constructor(element, kind, stages, from) {
    this.element = element;
    this.kind = kind;
    this.stages = stages;
    this.from = from;
    this.state = /** @type {HTMLElement} */ (element.querySelector(".activity-state"));
    this.bar = /** @type {HTMLProgressElement} */ (element.querySelector("progress"));
    this.why = /** @type {HTMLElement} */ (element.querySelector(".activity-why"));
    this.choices = /** @type {HTMLElement} */ (element.querySelector(".activity-choices"));
    this.dismiss = /** @type {HTMLElement} */ (element.querySelector(".dismisses"));
    this.dismiss.addEventListener("click", () => this.#dismiss());
  }

  /** @param {string} text */
  name(text) {
    const name = this.element.querySelector(".activity-name bdi");
    if (name) name.textContent = inert(text);
    this.bar.setAttribute("aria-label", say("library.script.progress"));
  }

  /** Its name, as it is read. */
  get title() {
    return this.element.querySelector(".activity-name")?.textContent?.trim() ?? "";
  }

  /** Waits to be sent, as at first. */
  wait() {
    const focused = this.choices.contains(document.activeElement);
    this.#clear();
    if (focused) this.element.focus();
    this.state.textContent = say("library.script.waiting");
    this.bar.hidden = false;
    this.bar.value = 0;
  }

  /**
   * Waits for a busy service.
   * @param {number} seconds
   */
  retrying(seconds) {
    this.state.textContent = say("library.script.retrying", { n: seconds });
  }

  /** @param {number} part sent, of 1 */
  sending(part) {
    this.state.textContent = say("library.script.sending", { share: Math.floor(100 * part) });
    this.bar.value = SENDING * part;
  }

  /**
   * Tell how its job goes.
   * @param {import("./jobs.js").Job | Problem} told
   */
  tell(told) {
    if (told instanceof Problem) {
      this.refuse(reason(told));
      return;
    }
    if (hasEnded(told)) {
      this.#end(told);
      return;
    }
    const [start, end] = this.stages[told.stage] ?? [0, 0];
    const share = start + ((end - start) * Math.min(told.done, told.total)) / (told.total || 1);
    const key = `library.script.stage.${told.stage || "queued"}`;
    this.state.textContent = say(key in entries ? key : "library.script.stage.queued");
    this.bar.value = this.from + ((100 - this.from) * share) / 100;
  }

  /**
   * Nothing came of it.
   * @param {string} why
   * @param {...HTMLElement} choices what can be done about it
   */
  refuse(why, ...choices) {
    this.#finish("failed", say(`library.script.ended.failed.${this.kind}`));
    this.#explain(why, language);
    this.choices.prepend(...choices);
    announce(`${this.#said()} ${why}`);
  }

  /** @param {import("./jobs.js").Job} job */
  #end(job) {
    this.#finish(job.state, say(`library.script.ended.${job.state}.${job.kind}`));
    for (const [text, names] of reasonsOf(job)) this.#explain(text, "fr", names);
    const [file] = job.files;
    const readable = job.state === "done" && (job.kind === "add" || job.kind === "replace");
    if (readable && job.files.length === 1) this.choices.prepend(link(file.document_id));
    announce(this.#said());
  }

  /**
   * @param {string} state
   * @param {string} text
   */
  #finish(state, text) {
    this.#clear();
    this.element.dataset.state = state;
    this.state.textContent = text;
    this.bar.hidden = true;
    this.dismiss.hidden = false;
  }

  #said() {
    const state = this.state.textContent ?? "";
    return say("library.script.said", { name: this.title, state });
  }

  #dismiss() {
    const rows = this.element.parentElement;
    this.element.remove();
    const next = rows?.querySelector("button:not([hidden])") ?? document.getElementById("documents-count");
    if (next instanceof HTMLElement) next.focus();
    const section = rows?.closest("section");
    if (section && !rows?.children.length) section.hidden = true;
  }

  #clear() {
    delete this.element.dataset.state;
    this.why.replaceChildren();
    this.choices.replaceChildren(this.dismiss);
    this.dismiss.hidden = true;
  }

  /**
   * @param {string} text
   * @param {string} spoken its language
   * @param {string[]} [names] the files that it holds for, where they must be told
   */
  #explain(text, spoken, names = []) {
    const line = document.createElement("p");
    for (const [at, name] of names.entries()) {
      const isolated = document.createElement("bdi");
      isolated.className = "reason-name";
      isolated.textContent = inert(name);
      line.append(isolated, say(at < names.length - 1 ? "library.script.and" : "library.script.colon"));
    }
    const words = document.createElement("span");
    const curled = text.replace(UNQUOTED, (found) => (found === "'" ? "’" : found));
    words.textContent = inert(curled);
    if (spoken !== language) words.lang = spoken;
    line.append(words);
    this.why.append(line);
  }
}

/**
 * Why a job did not go through, or not whole: that of the whole first, each told once, with
 * the files that it holds for where the job is about several.
 * @param {import("./jobs.js").Job} job
 * @returns {Map<string, string[]>}
 */
function reasonsOf(job) {
  /** @type {Map<string, string[]>} */
  const found = new Map(job.error ? [[job.error, []]] : []);
  for (const { name, reason: why } of job.files) {
    if (!why || why === job.error) continue;
    const names = found.get(why) ?? [];
    found.set(why, job.files.length > 1 ? [...names, name] : names);
  }
  return found;
}

/**
 * A small button of a line.
 * @param {string} name its entry in the wording
 * @param {() => void} act
 */
export function button(name, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button quiet small";
  made.textContent = say(`library.script.${name}`);
  made.addEventListener("click", act);
  return made;
}

/** @param {string} id */
function link(id) {
  const made = document.createElement("a");
  made.className = "button quiet small";
  made.href = `/documents/${encodeURIComponent(id)}`;
  made.textContent = say("library.script.read");
  return made;
}
