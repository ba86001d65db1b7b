// @ts-check
"use strict";

import { wayTo } from "./links.js";

/**
 * Where anybody who may read the documents is given the answer to a question.
 * @param {string[]} asked the question at the end of those that led to it
 */
export function questionUrl(asked) {
  return new URL(`/?${new URLSearchParams(wayTo(asked))}`, location.origin).href;
}

/**
 * Where a conversation is, in this browser alone.
 * @param {string} id
 */
export function conversationUrl(id) {
  return `/#c=${encodeURIComponent(id)}`;
}

/** The id of the conversation that the page's address names; empty where it names none. */
export function conversationHere() {
  return /^#c=([\w-]+)$/.exec(location.hash)?.[1] ?? "";
}
