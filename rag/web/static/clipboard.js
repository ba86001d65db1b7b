// @ts-check
"use strict";

/**
 * Put something on the clipboard, as text and as what a text processor would take.
 * @param {string} text
 * @param {Node} fragment
 * @returns {Promise<boolean>} whether the browser let us
 */
export async function copy(text, fragment) {
  const markup = markupOf(fragment);
  try {
    const kinds = { "text/plain": text, "text/html": markup };
    const blobs = Object.entries(kinds).map(([type, each]) => [type, new Blob([each], { type })]);
    await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
    return true;
  } catch {
    // Only pages that came by https or from this machine have that clipboard.
    return copiedByCommand(text, markup);
  }
}

/**
 * What the person is copying by themselves, in place of what was selected.
 * @param {ClipboardEvent} event
 * @param {string} text
 * @param {Node} [fragment]
 */
export function copyInstead(event, text, fragment) {
  put(event, text, fragment ? markupOf(fragment) : "");
}

/**
 * @param {ClipboardEvent} event
 * @param {string} text
 * @param {string} markup may be empty
 */
function put(event, text, markup) {
  event.clipboardData?.setData("text/plain", text);
  if (markup) event.clipboardData?.setData("text/html", markup);
  event.preventDefault();
}

function copiedByCommand(/** @type {string} */ text, /** @type {string} */ markup) {
  const focused = document.activeElement;
  const selected = document.createElement("textarea");
  selected.className = "visually-hidden";
  selected.value = text;
  document.body.append(selected);
  selected.select();
  selected.addEventListener("copy", (event) => put(event, text, markup));
  try {
    return document.execCommand("copy");
  } finally {
    selected.remove();
    if (focused instanceof HTMLElement) focused.focus();
  }
}

function markupOf(/** @type {Node} */ fragment) {
  return new XMLSerializer().serializeToString(fragment);
}
