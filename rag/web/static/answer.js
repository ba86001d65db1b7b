// @ts-check
"use strict";

/**
 * The parts of an answer, as the page made without scripts has them (parts/answer.html).
 *
 * @typedef {import("./layout.js").Answer} Answer
 * @typedef {import("./layout.js").Citation} Citation
 * @typedef {import("./layout.js").Group} Group
 * @typedef {import("./layout.js").Line} Line
 * @typedef {import("./layout.js").Piece} Piece
 */

import { cardsOf, groupsOf, isBrief, isSilent } from "./layout.js";
import { inert } from "./links.js";
import { make, one, sample } from "./parts.js";
import { cardItem, hitItem } from "./sources.js";
import { read, say } from "./wording.js";

const NEAREST = 3;
/** @type {[number, string][]} */
const LEVELS = read("limits").levels ?? [];

/**
 * A question whose answer is to come.
 * @param {string} question
 * @param {string} key tells the turn from the others
 * @returns {HTMLElement}
 */
export function newTurn(question, key) {
  const turn = sample(".turn");
  turn.id = `t-${key}`;
  turn.dataset.key = key;
  turn.setAttribute("aria-labelledby", `q-${key}`);
  const title = one(".turn-question", turn);
  title.id = `q-${key}`;
  title.replaceChildren(one(".visually-hidden", title), inert(question));
  const answer = one(".answer", turn);
  answer.id = `a-${key}`;
  answer.replaceChildren();
  one(".turn-body", turn).replaceChildren(answer);
  return turn;
}

/**
 * Show what has come of an answer: its segments, and the cards of their sources. What had
 * focus keeps it.
 * @param {HTMLElement} turn
 * @param {string[]} asked the question at the end of those that led to it
 * @param {Answer} answer
 */
export function showText(turn, asked, answer) {
  const focused = focusedIn(turn);
  const groups = groupsOf(answer).flatMap((group) => groupNodes(turn, answer, group));
  let text = turn.querySelector(".answer-text");
  if (!text) {
    text = make("div", { class: "answer-text" });
    one(".answer", turn).prepend(text);
  }
  text.replaceChildren(...groups);
  showCards(turn, asked, answer);
  if (focused) one(focused, turn).focus();
}

/**
 * Show the whole of an answer, or that there is none and what is nearest.
 * @param {HTMLElement} turn
 * @param {string[]} asked the question at the end of those that led to it
 * @param {Answer} answer
 */
export function showAnswer(turn, asked, answer) {
  const whole = one(".answer", turn);
  turn.toggleAttribute("data-silent", isSilent(answer));
  turn.querySelector(".pending")?.remove();
  if (isSilent(answer)) {
    whole.replaceChildren(make("p", { class: "silence", dir: "auto" }, answer.text));
    showNearest(turn, asked, answer);
  } else {
    showText(turn, asked, answer);
    if (!answer.answered) whole.prepend(sample(".possible", "possible"));
    whole.append(confidence(answer.confidence));
  }
  if (answer.asked_as) whole.prepend(understood(answer.asked_as));
  const tools = make("div", { class: "tools needs-js" });
  one(".turn-body", turn).append(make("div", { class: "turn-end" }, tools, feedback(answer.id)));
}

/** What finds again the link to a citation that has focus; empty where none has. */
function focusedIn(/** @type {HTMLElement} */ turn) {
  const link = document.activeElement?.closest(".cite, .number");
  const numbered = link?.closest("[data-number]");
  if (!link || !numbered || !turn.contains(link)) return "";
  const held = `[data-number="${numbered.getAttribute("data-number")}"]`;
  return link === numbered ? `.cite${held}` : `.quote${held} .number`;
}

/**
 * @param {HTMLElement} turn
 * @param {string[]} asked the question at the end of those that led to it
 * @param {Answer} answer
 */
function showCards(turn, asked, answer) {
  const cards = cardsOf(answer).map((each) => cardItem(turn, asked, each));
  if (!cards.length) return;
  const title = say("answer.sources", { n: cards.length });
  const aside = turn.querySelector(".sources") ?? make("aside", { class: "sources" });
  fill(turn, aside, title, [], cards);
}

/**
 * @param {HTMLElement} turn
 * @param {string[]} asked the question at the end of those that led to it
 * @param {Answer} answer
 */
function showNearest(turn, asked, answer) {
  const hits = answer.hits.slice(0, NEAREST).map((each) => hitItem(asked, each));
  if (!hits.length) return;
  const hint = make("p", { class: "muted small" }, say("answer.nearest_hint"));
  fill(turn, make("section", { class: "nearest" }), say("answer.nearest"), [hint], hits);
}

/**
 * Put a titled list of cards beside the answer.
 * @param {HTMLElement} turn
 * @param {Element} place
 * @param {string} title
 * @param {HTMLElement[]} before
 * @param {HTMLElement[]} cards
 */
function fill(turn, place, title, before, cards) {
  const id = `n-${turn.dataset.key}`;
  // Several answers may have as many sources: their questions tell them apart.
  place.setAttribute("aria-labelledby", `${id} q-${turn.dataset.key}`);
  const heading = make("h3", { class: "sources-title", id }, title);
  place.replaceChildren(heading, ...before, make("ol", { class: "cards" }, ...cards));
  one(".turn-body", turn).append(place);
}

/**
 * @param {HTMLElement} turn
 * @param {Answer} answer
 * @param {Group} group
 * @returns {HTMLElement[]}
 */
function groupNodes(turn, answer, group) {
  if (group.isTable) return [table(turn, answer, group)];
  return group.lines.map((line) => {
    const segment = sample("p.segment");
    segment.dataset.numbers = line.numbers.join(" ");
    segment.dataset.document = origin(answer, line);
    segment.replaceChildren(...pieceNodes(line.cells[0]), "\u00a0", cites(turn, answer, line.numbers));
    return segment;
  });
}

/**
 * @param {HTMLElement} turn
 * @param {Answer} answer
 * @param {Group} group
 */
function table(turn, answer, group) {
  const whole = sample(".answer-table");
  const [header, ...lines] = group.lines;
  whole.dataset.document = origin(answer, header);
  one("thead", whole).replaceChildren(row(turn, answer, header, "th"));
  one("tbody", whole).replaceChildren(...lines.map((line) => row(turn, answer, line, "td")));
  return whole;
}

/**
 * @param {HTMLElement} turn
 * @param {Answer} answer
 * @param {Line} line
 * @param {"th" | "td"} tag
 */
function row(turn, answer, line, tag) {
  const cells = line.cells.map((cell) => make(tag, { dir: "auto" }, ...pieceNodes(cell)));
  if (tag === "th") for (const cell of cells) cell.scope = "col";
  if (isBrief(line.cells[0])) cells[0].className = "brief";
  return make(
    "tr",
    { class: "segment", "data-numbers": line.numbers.join(" ") },
    ...cells,
    make("td", { class: "cites-cell" }, cites(turn, answer, line.numbers)),
  );
}

function pieceNodes(/** @type {Piece[]} */ cell) {
  return cell.map((piece) => (piece.marked ? make("mark", {}, piece.text) : piece.text));
}

/**
 * @param {HTMLElement} turn
 * @param {Answer} answer
 * @param {number[]} numbers
 */
function cites(turn, answer, numbers) {
  const key = turn.dataset.key;
  const links = numbers.map((number) => {
    const title = answer.citations.find((each) => each.number === number)?.title ?? "";
    const link = sample(".cite");
    link.id = `c-${key}-${number}`;
    link.dataset.number = String(number);
    link.setAttribute("href", `#s-${key}-${number}`);
    const told = { number: String(number), title: inert(title) };
    link.setAttribute("aria-label", say("answer.cite", told));
    link.textContent = String(number);
    return link;
  });
  return make("span", { class: "cites" }, ...links);
}

function origin(/** @type {Answer} */ answer, /** @type {Line} */ line) {
  return answer.citations.find((each) => line.numbers.includes(each.number))?.document_id ?? "";
}

function confidence(/** @type {number} */ probability) {
  const level = LEVELS.find(([least]) => probability >= least)?.[1] ?? "fair";
  const share = say("common.percent", { share: Math.round(100 * probability) });
  const told = sample(".confidence");
  told.dataset.level = level;
  one(".confidence-words", told).textContent = say(`answer.${level}`);
  const figure = one(".confidence-figure", told);
  figure.textContent = share;
  figure.title = say("answer.share", { share });
  return told;
}

function understood(/** @type {string} */ question) {
  const told = sample(".asked-as");
  one("bdi", told).textContent = inert(question);
  return told;
}

function feedback(/** @type {string} */ id) {
  const form = sample(".feedback");
  const comment = one("textarea", form);
  one('[name="answer_id"]', form).setAttribute("value", id);
  comment.id = `comment-${id}`;
  one("label", form).setAttribute("for", comment.id);
  return form;
}
