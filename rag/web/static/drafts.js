// @ts-check
"use strict";

/** The question that waits for its answer, in case the page goes away meanwhile. */

const PLACE = "sourcier.draft";

/**
 * Keep a question as long as its tab is open.
 * @param {{id: string, owner: string}} conversation that it was asked in
 * @param {string} question
 */
export function keepDraft({ id, owner }, question) {
  try {
    sessionStorage.setItem(PLACE, JSON.stringify([owner, id, question]));
  } catch {
    // It is then lost with the page.
  }
}

/**
 * The question of a conversation that got no answer, kept no longer; empty where none is.
 * Who comes with another key is not shown it.
 * @param {string} owner
 * @param {string} conversation
 * @returns {string}
 */
export function takeDraft(owner, conversation) {
  try {
    const [whose, id, question] = JSON.parse(sessionStorage.getItem(PLACE) ?? "[]");
    if (!conversation || whose !== owner || id !== conversation) return "";
    sessionStorage.removeItem(PLACE);
    return typeof question === "string" ? question : "";
  } catch {
    return "";
  }
}
