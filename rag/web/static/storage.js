// @ts-check
"use strict";

/**
 * The conversations that this browser keeps.
 *
 * @typedef {import("./layout.js").Answer} Answer
 * @typedef {{question: string, answer: Answer, at: string}} Turn
 * @typedef {{id: string, title: string, owner: string, created: string, updated: string,
 *   turns: Turn[]}} Conversation
 */

import { isSilent } from "./layout.js";
import { inert } from "./links.js";

const PLACE = "sourcier.conversations";
const VERSION = 1;
const MOST = 50;
const NEAREST = 3;
const TITLE = 120;

/**
 * Those of one owner: other keys may have been used in the same browser. Every change reads
 * what is there first, so that two tabs do not undo each other's.
 */
export class Conversations {
  /** @type {string} */
  #owner;
  /** What is kept while the browser refuses to keep anything; null while it does not. */
  #memory = /** @type {string | null} */ (null);

  /** @param {string} owner */
  constructor(owner) {
    this.#owner = owner;
  }

  /** Whose they are: a key, or nobody where none is demanded. */
  get owner() {
    return this.#owner;
  }

  /** Whether they will still be there when the browser is opened again. */
  get lasting() {
    return this.#memory === null;
  }

  /**
   * The last changed first.
   * @returns {Conversation[]}
   */
  list() {
    return this.#all().filter((each) => each.owner === this.#owner);
  }

  /**
   * @param {string} id
   * @returns {Conversation | null} null where it is not kept here
   */
  find(id) {
    return this.list().find((each) => each.id === id) ?? null;
  }

  /**
   * A conversation with nothing in it, not kept yet.
   * @param {string} question that it begins with
   * @returns {Conversation}
   */
  begin(question) {
    const now = new Date().toISOString();
    const title = titled(question);
    return { id: newId(), title, owner: this.#owner, created: now, updated: now, turns: [] };
  }

  /**
   * Keep a conversation as it is given.
   * @param {Conversation} changed
   */
  keep(changed) {
    this.#write([changed, ...this.#all().filter((each) => each.id !== changed.id)]);
  }

  /**
   * Keep one more turn of a conversation, whatever else another tab changed in it.
   * @param {Conversation} open
   * @param {Turn} turn
   * @returns {Conversation} as it is now kept
   */
  add(open, turn) {
    const found = this.find(open.id) ?? open;
    const turns = [...found.turns, { ...turn, answer: slim(turn.answer) }];
    const changed = { ...found, turns, updated: turn.at };
    this.keep(changed);
    return changed;
  }

  /**
   * @param {string} id
   * @param {string} title nothing changes where it is blank
   */
  rename(id, title) {
    const found = this.find(id);
    if (found && titled(title)) this.keep({ ...found, title: titled(title) });
  }

  /**
   * @param {string} id
   * @returns {Conversation | null} what there was: `keep` puts it back
   */
  remove(id) {
    const found = this.find(id);
    if (found) this.#write(this.#all().filter((each) => each.id !== id));
    return found;
  }

  /**
   * Have something called when another tab changes what is kept.
   * @param {() => void} listener
   */
  watch(listener) {
    addEventListener("storage", (event) => {
      if (event.key === PLACE || event.key === null) listener();
    });
  }

  /** @returns {Conversation[]} of every owner */
  #all() {
    const kept = parsed(this.#memory ?? stored());
    if (kept?.version !== VERSION || !Array.isArray(kept.conversations)) return [];
    return kept.conversations.filter(isConversation).sort(lastFirst);
  }

  /** As many as there is room for. */
  #write(/** @type {Conversation[]} */ list) {
    const kept = [...list].sort(lastFirst).slice(0, MOST);
    let count = kept.length;
    do {
      if (stores(packed(kept.slice(0, count)))) {
        this.#memory = null;
        return;
      }
      count = Math.floor(count * 0.9);
    } while (count > 0);
    this.#memory = packed(kept);
  }
}

/**
 * A title from a question, or from what somebody typed.
 * @param {string} text
 */
export function titled(text) {
  const characters = Array.from(inert(text).trim().replace(/\s+/g, " "));
  if (characters.length <= TITLE) return characters.join("");
  return `${characters.slice(0, TITLE - 1).join("").trimEnd()}…`;
}

/** An answer without what is never shown again. */
function slim(/** @type {Answer} */ answer) {
  return { ...answer, hits: isSilent(answer) ? answer.hits.slice(0, NEAREST) : [] };
}

function lastFirst(/** @type {Conversation} */ a, /** @type {Conversation} */ b) {
  return b.updated < a.updated ? -1 : Number(b.updated > a.updated);
}

function packed(/** @type {Conversation[]} */ conversations) {
  return JSON.stringify({ version: VERSION, conversations });
}

function stores(/** @type {string} */ text) {
  try {
    localStorage.setItem(PLACE, text);
    return true;
  } catch {
    return false;
  }
}

function stored() {
  try {
    return localStorage.getItem(PLACE) ?? "";
  } catch {
    return "";
  }
}

/** @returns {any} */
function parsed(/** @type {string} */ text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isConversation(/** @type {any} */ each) {
  const texts = [each?.id, each?.title, each?.owner, each?.created, each?.updated];
  if (!texts.every((text) => typeof text === "string")) return false;
  return Array.isArray(each.turns) && each.turns.every(isTurn);
}

function isTurn(/** @type {any} */ turn) {
  const answer = turn?.answer;
  const lists = [answer?.segments, answer?.highlights, answer?.citations, answer?.hits];
  const texts = [turn?.question, turn?.at, answer?.id, answer?.text];
  return texts.every((text) => typeof text === "string") && lists.every(Array.isArray);
}

/** `crypto.randomUUID` is only for pages that came by https or from this machine. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(9));
  return Array.from(bytes, (byte) => byte.toString(36).padStart(2, "0")).join("");
}
