// @ts-check
"use strict";

import { one } from "./parts.js";

const NUMBERED = ".cite, .quote";
const SEVERAL = ".segment, .source-section, .source";

/**
 * Have a citation's number, its sentence and its card light up together, under the pointer
 * or with focus; and a number lead to its quote.
 * @param {HTMLElement} conversation
 */
export function lightUp(conversation) {
  conversation.addEventListener("pointerover", (event) => show(conversation, event.target));
  conversation.addEventListener("pointerleave", () => show(conversation, document.activeElement));
  conversation.addEventListener("focusin", (event) => show(conversation, event.target));
  conversation.addEventListener("focusout", () => show(conversation, null));
  conversation.addEventListener("click", (event) => {
    const cite = event.target instanceof Element ? event.target.closest(".cite") : null;
    if (!cite || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // The address stays that of the conversation.
    event.preventDefault();
    goTo(cite);
  });
}

/** To the quote of a number, which says the rest itself. */
function goTo(/** @type {Element} */ cite) {
  const turn = cite.closest(".turn");
  const number = CSS.escape(cite.getAttribute("data-number") ?? "");
  if (!(turn instanceof HTMLElement)) return;
  const quote = one(`.quote[data-number="${number}"]`, turn);
  quote.tabIndex = -1;
  quote.focus({ preventScroll: true });
  quote.scrollIntoView({ block: "nearest" });
}

function show(/** @type {HTMLElement} */ conversation, /** @type {EventTarget | null} */ target) {
  const element = target instanceof Element && conversation.contains(target) ? target : null;
  const turn = element?.closest(".turn") ?? null;
  const numbers = element ? numbersOf(element) : [];
  for (const lit of conversation.querySelectorAll(".lit")) lit.classList.remove("lit");
  if (!turn || !numbers.length) return;
  for (const each of turn.querySelectorAll(`${NUMBERED}, ${SEVERAL}`)) {
    each.classList.toggle("lit", own(each).some((number) => numbers.includes(number)));
  }
}

/** The numbers that something stands for: of a card, those of the part that is meant. */
function numbersOf(/** @type {Element} */ element) {
  const found = element.closest(NUMBERED) ?? element.closest(SEVERAL);
  return found ? own(found) : [];
}

function own(/** @type {Element} */ element) {
  const numbers = element.getAttribute("data-number") ?? element.getAttribute("data-numbers");
  return (numbers ?? "").split(" ").filter(Boolean);
}
