// @ts-check
"use strict";

/**
 * Answers copied with their references.
 *
 * @typedef {import("./layout.js").Answer} Answer
 * @typedef {import("./layout.js").Citation} Citation
 */

import { copy, copyInstead } from "./clipboard.js";
import { addressOf, reference, withReferences } from "./export.js";
import { groupsOf, isSilent } from "./layout.js";
import { inert } from "./links.js";
import { questionUrl } from "./places.js";
import { clone, make, one, press } from "./parts.js";
import { say } from "./wording.js";

const SHOWN = 2500;

/**
 * Put the buttons under an answer, and have what is selected in it copied with references.
 * @param {HTMLElement} turn
 * @param {string[]} asked the question at the end of those that led to it
 * @param {Answer} answer
 * @param {(message: string) => void} tell says something aloud
 */
export function letCopy(turn, asked, answer, tell) {
  const tools = clone("turn-tools");
  one(".tools", turn).replaceChildren(...tools.children);
  const told = (/** @type {HTMLElement} */ button, /** @type {boolean} */ done) =>
    confirm(button, say(done ? "ask.script.copied" : "ask.script.not_copied"), tell);
  const link = one('[data-do="link"]', turn);
  press(link, async () => {
    const address = questionUrl(asked);
    told(link, await copy(address, make("a", { href: address }, inert(asked.at(-1) ?? ""))));
  });
  const whole = one('[data-do="copy"]', turn);
  if (isSilent(answer)) return whole.remove();
  press(whole, async () => {
    const text = withReferences(answer.text, answer.citations);
    told(whole, await copy(text, fragmentOf(answer)));
  });
  one(".answer-text", turn).addEventListener("copy", (event) => copySelected(event, answer));
}

/** What is selected, with the references of the numbers in it; without any, as it is. */
function copySelected(/** @type {ClipboardEvent} */ event, /** @type {Answer} */ answer) {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return;
  const fragment = selection.getRangeAt(0).cloneContents();
  const links = [...fragment.querySelectorAll(".cite")].filter((each) => each.textContent);
  const numbers = links.map((each) => Number(each.getAttribute("data-number")));
  if (!numbers.length) return;
  for (const each of links) each.replaceWith(`[${each.textContent}]`);
  const cited = answer.citations.filter((each) => numbers.includes(each.number));
  copyInstead(event, withReferences(linesOf(fragment), cited));
}

/** The text of a fragment, a line for each paragraph or row. */
function linesOf(/** @type {DocumentFragment} */ fragment) {
  for (const cell of fragment.querySelectorAll("th, td:not(.cites-cell)")) cell.append(" | ");
  const blocks = [...fragment.querySelectorAll("p, tr")];
  if (!blocks.length) return (fragment.textContent ?? "").trim();
  const lines = blocks.map((each) => (each.textContent ?? "").replace(/\s+/g, " ").trim());
  return lines.map((each) => each.replace(/ \| (?=\[\d+\]$)/, " ")).join("\n");
}

/** An answer with its references, for a text processor. */
function fragmentOf(/** @type {Answer} */ answer) {
  const lines = groupsOf(answer).flatMap((group) => group.lines.map(paragraph));
  const items = answer.citations.map((each) =>
    make("p", {}, `[${each.number}] `, make("a", { href: addressOf(each) }, reference(each))),
  );
  const title = make("p", {}, make("strong", {}, say("ask.script.sources")));
  return make("div", {}, ...lines, title, ...items);
}

function paragraph(/** @type {import("./layout.js").Line} */ line) {
  const pieces = line.cells.flatMap((cell, index) => [
    ...(index ? [" | "] : []),
    ...cell.map(({ text, marked }) => (marked ? make("strong", {}, text) : text)),
  ]);
  const numbers = line.numbers.map((number) => make("sup", {}, `[${number}]`));
  return make("p", {}, ...pieces, ...numbers);
}

/**
 * Say on a button, for a moment, what became of it.
 * @param {HTMLElement} button
 * @param {string} text
 * @param {(message: string) => void} tell
 */
function confirm(button, text, tell) {
  const label = one("span", button);
  button.dataset.label ??= label.textContent ?? "";
  label.textContent = text;
  tell(text);
  setTimeout(() => {
    label.textContent = button.dataset.label ?? "";
  }, SHOWN);
}
