// @ts-check
"use strict";

/**
 * The cards beside an answer: what it cites, or what is nearest.
 *
 * @typedef {import("./layout.js").Citation} Citation
 * @typedef {import("./layout.js").Hit} Hit
 * @typedef {import("./layout.js").Place} Place
 */

import { dateInWords } from "./dates.js";
import { inert, readingUrl, webUrl } from "./links.js";
import { make, one, sample } from "./parts.js";
import { say } from "./wording.js";

/**
 * The card of the citations of one place of a document.
 * @param {HTMLElement} turn that they are in
 * @param {string} question
 * @param {Citation[]} citations
 * @returns {HTMLElement}
 */
export function cardItem(turn, question, citations) {
  const source = citations[0];
  const card = sample(".source");
  card.dataset.numbers = citations.map((each) => each.number).join(" ");
  card.dataset.document = source.document_id;
  one(".source-title", card).replaceChildren(titleLink(source, question));
  one(".source-facts", card).replaceChildren(...facts(source));
  showPath(card, source.headings);
  one(".quotes", card).replaceChildren(...citations.map((each) => quoteItem(turn, question, each)));
  one(".source-links a", card).setAttribute("href", readingUrl(source, question));
  const elsewhere = webUrl(source.source_url);
  const site = one(".source-links a[rel]", card);
  if (elsewhere) site.setAttribute("href", elsewhere);
  else site.remove();
  showAlso(card, question, source);
  return card;
}

/**
 * The card of a passage that was found.
 * @param {string} question
 * @param {Hit} hit
 * @returns {HTMLElement}
 */
export function hitItem(question, hit) {
  const card = sample(".hit", "silent");
  card.dataset.document = hit.document_id;
  one(".source-title", card).replaceChildren(titleLink(hit, question));
  showPath(card, hit.headings);
  one(".excerpt", card).textContent = hit.text;
  return card;
}

function titleLink(/** @type {Place} */ place, /** @type {string} */ question) {
  return make("a", { href: readingUrl(place, question) }, make("bdi", {}, inert(place.title)));
}

/** @returns {HTMLElement[]} */
function facts(/** @type {Citation} */ source) {
  /** @type {HTMLElement[]} */
  const told = [];
  if (source.source) told.push(make("bdi", { class: "source-publisher" }, inert(source.source)));
  if (source.date) told.push(make("time", { datetime: source.date }, dateInWords(source.date)));
  if (source.page) told.push(make("span", {}, say("common.page", { page: source.page })));
  return told;
}

function showPath(/** @type {HTMLElement} */ card, /** @type {string[]} */ headings) {
  const path = one(".source-path", card);
  if (headings.length) path.replaceChildren(make("bdi", {}, headings.map(inert).join(" › ")));
  else path.remove();
}

/**
 * @param {HTMLElement} turn
 * @param {string} question
 * @param {Citation} citation
 */
function quoteItem(turn, question, citation) {
  const { number } = citation;
  const item = sample(".quote");
  item.id = `s-${turn.dataset.key}-${number}`;
  item.dataset.number = String(number);
  const link = one(".number", item);
  link.textContent = String(number);
  link.setAttribute("href", readingUrl(citation, question));
  const told = { number: String(number), title: inert(citation.title) };
  link.setAttribute("aria-label", say("answer.read_at", told));
  one("blockquote", item).textContent = citation.quote;
  return item;
}

/**
 * @param {HTMLElement} card
 * @param {string} question
 * @param {Citation} source
 */
function showAlso(card, question, source) {
  const also = one(".also-in", card);
  if (!source.also_in.length) also.remove();
  const items = source.also_in.map((place) => make("li", {}, titleLink(place, question)));
  one("ul", also).replaceChildren(...items);
}
