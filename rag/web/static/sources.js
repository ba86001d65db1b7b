// @ts-check
"use strict";

/**
 * The cards beside an answer: what it cites, or what is nearest.
 *
 * @typedef {import("./layout.js").Citation} Citation
 * @typedef {import("./layout.js").Hit} Hit
 * @typedef {import("./layout.js").Place} Place
 * @typedef {import("./layout.js").Section} Section
 */

import { dateInWords } from "./dates.js";
import { excerptOf } from "./layout.js";
import { inert, readingUrl, webUrl } from "./links.js";
import { make, one, sample } from "./parts.js";
import { say } from "./wording.js";

/**
 * The card of the places that are cited of one document.
 * @param {HTMLElement} turn that they are in
 * @param {string[]} asked the question at the end of those that led to it
 * @param {Section[]} sections
 * @returns {HTMLElement}
 */
export function cardItem(turn, asked, sections) {
  const source = sections[0].read;
  const card = sample(".source");
  card.dataset.numbers = numbersOf(sections.flatMap((each) => each.citations));
  card.dataset.document = source.document_id;
  one(".source-title", card).replaceChildren(titleLink(source, asked));
  showFacts(card, source);
  const items = sections.map((each) => sectionItem(turn, asked, each));
  one(".source-sections", card).replaceChildren(...items);
  return card;
}

/**
 * The card of a passage that was found.
 * @param {string[]} asked the question at the end of those that led to it
 * @param {Hit} hit
 * @returns {HTMLElement}
 */
export function hitItem(asked, hit) {
  const card = sample(".hit", "silent");
  card.dataset.document = hit.document_id;
  one(".source-title", card).replaceChildren(titleLink(hit, asked));
  showPath(card, hit.headings, null);
  one(".excerpt", card).textContent = excerptOf(hit);
  return card;
}

function titleLink(/** @type {Place} */ place, /** @type {string[]} */ asked) {
  return make("a", { href: readingUrl(place, asked) }, make("bdi", {}, inert(place.title)));
}

function showFacts(/** @type {HTMLElement} */ card, /** @type {Citation} */ source) {
  const place = one(".source-facts", card);
  const site = one(".source-site", place);
  place.replaceChildren();
  if (source.source) place.append(make("bdi", { class: "source-publisher" }, inert(source.source)));
  if (source.date) place.append(make("time", { datetime: source.date }, dateInWords(source.date)));
  const elsewhere = webUrl(source.source_url);
  if (!elsewhere) return;
  one("a", site).setAttribute("href", elsewhere);
  place.append(site);
}

/**
 * @param {HTMLElement} turn
 * @param {string[]} asked the question at the end of those that led to it
 * @param {Section} section
 */
function sectionItem(turn, asked, { citations, read }) {
  const item = sample(".source-section");
  item.dataset.numbers = numbersOf(citations);
  showPath(item, read.headings, read.page);
  one(".quotes", item).replaceChildren(...citations.map((each) => quoteItem(turn, asked, each)));
  one(".source-links a", item).setAttribute("href", readingUrl(read, asked));
  showAlso(item, asked, read);
  return item;
}

/**
 * @param {HTMLElement} item
 * @param {string[]} headings
 * @param {number | null} page
 */
function showPath(item, headings, page) {
  const path = one(".source-path", item);
  const number = path.querySelector(".source-page");
  path.replaceChildren();
  if (headings.length) path.append(make("bdi", {}, headings.map(inert).join(" › ")));
  if (number && page) {
    number.textContent = say("common.page", { page });
    path.append(number);
  }
  if (!path.hasChildNodes()) path.remove();
}

/**
 * @param {HTMLElement} turn
 * @param {string[]} asked the question at the end of those that led to it
 * @param {Citation} citation
 */
function quoteItem(turn, asked, citation) {
  const { number } = citation;
  const item = sample(".quote");
  item.id = `s-${turn.dataset.key}-${number}`;
  item.dataset.number = String(number);
  const link = one(".number", item);
  link.textContent = String(number);
  link.setAttribute("href", readingUrl(citation, asked));
  const told = { number: String(number), title: inert(citation.title) };
  link.setAttribute("aria-label", say("answer.read_at", told));
  one("blockquote", item).textContent = citation.quote;
  return item;
}

/**
 * @param {HTMLElement} section
 * @param {string[]} asked the question at the end of those that led to it
 * @param {Citation} source
 */
function showAlso(section, asked, source) {
  const also = one(".also-in", section);
  if (!source.also_in.length) also.remove();
  const items = source.also_in.map((place) => make("li", {}, titleLink(place, asked)));
  one("ul", also).replaceChildren(...items);
}

function numbersOf(/** @type {Citation[]} */ citations) {
  return citations.map((each) => each.number).join(" ");
}
