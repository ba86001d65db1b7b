// @ts-check
"use strict";

/**
 * What has become of the documents that kept answers quote.
 *
 * @typedef {import("./layout.js").Answer} Answer
 * @typedef {{version: string, language: string | null}} State
 */

import { Problem, request } from "./stream.js";

/**
 * The documents that an answer names, as they are now; null for one that is no more, or
 * that the reader may not see. What could not be known is left out.
 * @param {Answer} answer
 * @param {Map<string, Promise<State | null | undefined>>} [asked] what was asked already:
 *   answers that are looked at together share it
 * @returns {Promise<Map<string, State | null>>}
 */
export async function statesOf(answer, asked = new Map()) {
  const ids = new Set([...answer.citations, ...answer.hits].map((each) => each.document_id));
  /** @type {Map<string, State | null>} */
  const states = new Map();
  const know = async (/** @type {string} */ id) => {
    if (!asked.has(id)) asked.set(id, stateOf(id));
    const state = await asked.get(id);
    if (state !== undefined) states.set(id, state);
  };
  await Promise.all([...ids].map(know));
  return states;
}

/**
 * What may still be kept of an answer: nothing of documents that are no more.
 * @param {Answer} answer
 * @param {Map<string, State | null>} states
 * @returns {{answer: Answer, gone: boolean, changed: boolean}} `gone` where some of what it
 *   says had to go, `changed` where a document that it cites has another version now
 */
export function keepable(answer, states) {
  /** @type {(each: {document_id: string}) => boolean} */
  const there = (each) => states.get(each.document_id) !== null;
  const changed = answer.citations.some((each) => {
    const state = states.get(each.document_id);
    return state ? state.version !== each.document_version : false;
  });
  if (answer.citations.every(there)) {
    return { answer: { ...answer, hits: answer.hits.filter(there) }, gone: false, changed };
  }
  const nothing = { text: "", segments: [], highlights: [], citations: [], hits: [] };
  return { answer: { ...answer, ...nothing }, gone: true, changed: false };
}

/**
 * Say which language the words of each document are in, where it is not the page's.
 * @param {HTMLElement} turn
 * @param {Map<string, State | null>} states
 */
export function nameLanguages(turn, states) {
  for (const part of turn.querySelectorAll("[data-document]")) {
    const language = states.get(part.getAttribute("data-document") ?? "")?.language;
    if (language && language !== document.documentElement.lang) part.setAttribute("lang", language);
  }
}

/** @returns {Promise<State | null | undefined>} */
async function stateOf(/** @type {string} */ id) {
  try {
    const response = await request(`/v1/documents/${encodeURIComponent(id)}`);
    const told = await response.json();
    return { version: told.version, language: told.metadata?.language ?? null };
  } catch (error) {
    return error instanceof Problem && error.status === 404 ? null : undefined;
  }
}
