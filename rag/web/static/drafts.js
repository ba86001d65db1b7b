// @ts-check
"use strict";

/** The question that waits for its answer, in case the page goes away meanwhile. */

const PLACE = "sourcier.draft";

/**
 * Keep a question as long as its tab is open.
 * @param {string} conversation the id of the one that it was asked in
 * @param {string} question
 */
export function keepDraft(conversation, question) {
  try {
    sessionStorage.setItem(PLACE, JSON.stringify([conversation, question]));
  } catch {
    // It is then lost with the page.
  }
}

/**
 * The question of a conversation that got no answer, kept no longer; empty where none is.
 * @param {string} conversation
 * @returns {string}
 */
export function takeDraft(conversation) {
  try {
    const [id, question] = JSON.parse(sessionStorage.getItem(PLACE) ?? "[]");
    if (!conversation || id !== conversation || typeof question !== "string") return "";
    sessionStorage.removeItem(PLACE);
    return question;
  } catch {
    return "";
  }
}
