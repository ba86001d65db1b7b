// @ts-check
"use strict";

/**
 * The column of questions and answers.
 *
 * @typedef {import("./layout.js").Answer} Answer
 * @typedef {import("./storage.js").Turn} Turn
 * @typedef {import("./freshness.js").State} State
 */

import { newTurn, showAnswer, showText } from "./answer.js";
import { letCopy } from "./copying.js";
import { takeFeedback } from "./feedback.js";
import { nameLanguages, statesOf } from "./freshness.js";
import { lightUp } from "./lighting.js";
import { isSilent } from "./layout.js";
import { inert } from "./links.js";
import { clone, make, one, press } from "./parts.js";
import { Problem } from "./stream.js";
import { language, say } from "./wording.js";

const FAULTS = ["network", "cut", "queue-full", "rate-limit", "index-missing", "internal"];
const SHARE = 70;

export class Column {
  #place = one("#conversation");
  #announcement = one("#announcement");
  /** @type {(question: string) => void} */
  #ask;
  #count = 0;
  /** The questions that were answered, in turn. */
  #answered = /** @type {string[]} */ ([]);

  /** @param {(question: string) => void} ask asks a question again */
  constructor(ask) {
    this.#ask = ask;
    lightUp(this.#place);
    takeFeedback(this.#place, (message) => this.tell(message));
  }

  /**
   * Say something to who cannot see the page.
   * @param {string} message
   */
  tell(message) {
    this.#announcement.textContent = message;
  }

  /**
   * Say under the last answer, and aloud after it, what else is to be known.
   * @param {string} message
   */
  warn(message) {
    this.#place.lastElementChild?.append(make("p", { class: "notice warn small" }, message));
    this.tell(`${this.#announcement.textContent}. ${message}`);
  }

  /**
   * A question that is being answered.
   * @param {string} question
   * @param {() => void} stop
   */
  begin(question, stop) {
    const element = this.#add(question);
    const asked = [...this.#answered, question];
    const turn = new LiveTurn(this, element, asked, stop, () => this.#ask(question));
    element.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
    return turn;
  }

  /**
   * The turns of a kept conversation, in place of what is shown.
   * @param {Turn[]} turns
   * @param {string} [question] to be in sight
   */
  show(turns, question = "") {
    this.#place.replaceChildren();
    this.#answered = [];
    for (const turn of turns) {
      const element = this.#add(turn.question);
      const asked = [...this.#answered, turn.question];
      showAnswer(element, asked, turn.answer);
      this.dress(element, asked, turn.answer);
      if (turn.question === question) element.scrollIntoView();
    }
  }

  /**
   * The turns that the page came with.
   * @param {Answer[]} answers
   */
  adopt(answers) {
    for (const [index, answer] of answers.entries()) {
      const element = /** @type {HTMLElement} */ (this.#place.children[index]);
      element.dataset.key = answer.id;
      this.dress(element, [...this.#answered, answer.question], answer);
    }
  }

  /**
   * What is true now of a kept turn.
   * @param {number} index among those that are kept
   * @param {Map<string, State | null>} states of its documents
   * @param {boolean} gone its answer may not be shown any more
   * @param {boolean} changed a document that it cites did
   */
  refresh(index, states, gone, changed) {
    const shown = this.#place.querySelectorAll(".turn[data-answered]");
    const element = /** @type {HTMLElement} */ (shown[index]);
    nameLanguages(element, states);
    if (!gone && !changed) return;
    element.querySelector(".stale")?.remove();
    const notice = clone("turn-stale");
    one("[data-said]", notice).textContent = say(gone ? "ask.script.gone" : "ask.script.changed");
    const question = one(".turn-question", element).lastChild?.textContent ?? "";
    press(one("[data-again]", notice), () => this.#ask(question));
    if (!gone) return one(".answer", element).prepend(notice);
    one(".answer", element).replaceChildren(notice);
    strip(element);
  }

  /**
   * What an answer comes with besides its words.
   * @param {HTMLElement} element
   * @param {string[]} asked its question at the end of those that led to it
   * @param {Answer} answer
   */
  dress(element, asked, answer) {
    const question = asked[asked.length - 1];
    this.#answered.push(question);
    element.dataset.answered = "";
    letCopy(element, asked, answer, (message) => this.tell(message));
    document.title = say("common.page_title", { title: shortened(inert(question)) });
  }

  #add(/** @type {string} */ question) {
    this.#count += 1;
    const element = newTurn(question, `n${this.#count}`);
    this.#place.append(element);
    return element;
  }
}

/** A question and what has come of its answer so far. */
export class LiveTurn {
  #column;
  #element;
  #asked;
  #again;
  /** @type {Answer} */
  #so_far;

  /**
   * @param {Column} column
   * @param {HTMLElement} element
   * @param {string[]} asked its question at the end of those that led to it
   * @param {() => void} stop
   * @param {() => void} again
   */
  constructor(column, element, asked, stop, again) {
    this.#column = column;
    this.#element = element;
    this.#asked = asked;
    this.#again = again;
    this.#so_far = nothingYet(asked[asked.length - 1]);
    const pending = clone("pending");
    press(one("[data-stop]", pending), stop);
    one(".answer", element).replaceChildren(pending);
    this.#wait(say("ask.script.searching"));
    column.tell(say("ask.script.searching"));
  }

  /**
   * Show what an event brings.
   * @param {string} name
   * @param {any} data
   */
  take(name, data) {
    if (name === "hits") this.#wait(say("ask.script.reading", { n: data.hits.length }));
    if (name === "citation") this.#so_far.citations.push(data);
    if (name === "segment") this.#append(data);
    if (name === "answer") void this.#finish(data);
  }

  /**
   * Say why no answer came, and offer to ask again.
   * @param {Problem} problem
   */
  fail(problem) {
    const notice = clone("turn-fault");
    const known = FAULTS.includes(problem.slug) ? problem.slug : "other";
    const said = say(`ask.script.fault.${known}`, { request: problem.requestId });
    one("[data-said]", notice).textContent = said;
    press(one("[data-again]", notice), () => {
      // The button that has focus goes away: the field is where one goes on.
      one("#question").focus({ preventScroll: true });
      this.remove();
      this.#again();
    });
    one(".answer", this.#element).replaceChildren(notice);
    strip(this.#element);
    this.#column.tell(said);
  }

  /** As if it had not been asked. */
  remove() {
    this.#element.remove();
  }

  #append(/** @type {import("./layout.js").Segment} */ segment) {
    const text = this.#so_far.text;
    const blanks = segment.start - Array.from(text).length;
    this.#so_far.text = `${text}${" ".repeat(Math.max(0, blanks))}${segment.text}`;
    this.#so_far.segments.push(segment);
    showText(this.#element, this.#asked, this.#so_far);
  }

  async #finish(/** @type {Answer} */ answer) {
    showAnswer(this.#element, this.#asked, answer);
    this.#column.dress(this.#element, this.#asked, answer);
    const cards = this.#element.querySelectorAll(".source").length;
    const silent = `${answer.text} ${say("ask.script.silent")}`;
    const ready = say(answer.answered ? "ask.script.ready" : "ask.script.possible", { n: cards });
    this.#column.tell(isSilent(answer) ? silent : ready);
    nameLanguages(this.#element, await statesOf(shown(answer)));
  }

  #wait(/** @type {string} */ message) {
    const pending = this.#element.querySelector(".pending [data-said]");
    if (pending) pending.textContent = message;
  }
}

/** @returns {Answer} */
function nothingYet(/** @type {string} */ question) {
  const nothing = { segments: [], highlights: [], citations: [], hits: [] };
  return { id: "", question, answered: true, confidence: 0, text: "", ...nothing };
}

/** An answer without the passages that the page does not show. */
function shown(/** @type {Answer} */ answer) {
  return { ...answer, hits: isSilent(answer) ? answer.hits.slice(0, 3) : [] };
}

/** Take away what goes with an answer, where there is none any more. */
function strip(/** @type {HTMLElement} */ turn) {
  for (const each of turn.querySelectorAll(".sources, .nearest, .turn-end")) each.remove();
}

function shortened(/** @type {string} */ question) {
  return question.length > SHARE ? `${question.slice(0, SHARE - 1)}…` : question;
}

function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
