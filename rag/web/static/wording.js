// @ts-check
"use strict";

/** The page's language, "fr" or "en". */
export const language = document.documentElement.lang || "fr";

const entries = read("wording");
const plural = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });

/**
 * The content of a data block of the page; an empty object where there is none.
 * @param {string} id
 * @returns {any}
 */
export function read(id) {
  const block = document.getElementById(id);
  return block?.textContent ? JSON.parse(block.textContent) : {};
}

/**
 * An entry of the wording with its values in place of its {names}.
 * @param {string} key whole, as in the catalogue: "ask.script.ready"
 * @param {Record<string, string | number>} [values] `n` chooses between singular and plural
 * @returns {string}
 */
export function say(key, values = {}) {
  const entry = entries[key];
  if (entry === undefined) throw new Error(`No wording for ${key}`);
  const text = typeof entry === "string" ? entry : (entry[form(values.n)] ?? entry.other);
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? numbers.format(value) : value;
  });
}

/**
 * @param {string | number} n
 * @returns {string}
 */
function form(n) {
  return plural.select(Number(n)) === "one" ? "one" : "other";
}
