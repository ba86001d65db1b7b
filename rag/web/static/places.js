// @ts-check
"use strict";

/**
 * Where anybody who may read the documents is given the answer to a question.
 * @param {string} question
 */
export function questionUrl(question) {
  return new URL(`/?${new URLSearchParams({ q: question })}`, location.origin).href;
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
