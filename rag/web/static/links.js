// @ts-check
"use strict";

const STEERING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

const LEADING = 5;
const ROOM = 1000;

const BEFORE_HIGH_SIGN = / (?=[:;!?%»])/g;
const AFTER_OPENING = /« /g;

/**
 * A title or name as it is shown, which no line breaks where French does not. The characters
 * that would turn the reading order of what follows are left out.
 * @param {string} name
 * @returns {string}
 */
export function inert(name) {
  const steady = name.replace(STEERING, "");
  return steady.replace(BEFORE_HIGH_SIGN, "\u00a0").replace(AFTER_OPENING, "«\u00a0");
}

/**
 * An address that a page may link to: of the web, never one that a browser would run.
 * @param {string | null | undefined} address
 * @returns {string | null}
 */
export function webUrl(address) {
  if (!address || !/^https?:\/\//i.test(address)) return null;
  return /[\u0000-\u0020]/.test(address) ? null : address;
}

/**
 * What an address says of a question: those that led to it, and at the end itself. The
 * farthest are left out where there is no room for all.
 * @param {string[]} asked the questions of a conversation in turn, of which the last is meant
 * @returns {[string, string][]}
 */
export function wayTo(asked) {
  const led = asked.slice(-1);
  let room = ROOM;
  for (const each of asked.slice(-LEADING - 1, -1).reverse()) {
    room -= Array.from(each).length;
    if (room < 0) break;
    led.unshift(each);
  }
  return led.filter((each) => each.trim()).map((each) => ["q", each]);
}

/**
 * Where a document is read, at the place that is cited; back to a question if given.
 * @param {{document_id: string, start: number, end: number}} place
 * @param {string[]} [asked] the question at the end of those that led to it
 * @returns {string}
 */
export function readingUrl(place, asked = []) {
  const where = [["start", String(place.start)], ["end", String(place.end)]];
  const query = new URLSearchParams([...where, ...wayTo(asked)]);
  return `/documents/${encodeURIComponent(place.document_id)}?${query}#citation`;
}
