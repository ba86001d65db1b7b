// @ts-check
"use strict";

/** Files and folders dropped anywhere on the page. */

import { inert } from "./links.js";

const MOST = 1000;

/**
 * Take what is dropped.
 * @param {(files: File[]) => void} take
 * @param {() => string} goal the collection that it would go to
 */
export function watchDrops(take, goal) {
  const veil = document.getElementById("drop-veil");
  let depth = 0;
  const show = (/** @type {number} */ now) => {
    depth = Math.max(0, now);
    if (!veil || veil.hidden === (depth === 0)) return;
    veil.hidden = depth === 0;
    const named = veil.querySelector("bdi");
    if (named) named.textContent = inert(goal());
  };
  addEventListener("dragenter", (event) => brings(event) && show(depth + 1));
  addEventListener("dragleave", (event) => brings(event) && show(depth - 1));
  addEventListener("dragover", (event) => brings(event) && event.preventDefault());
  addEventListener("drop", async (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    show(0);
    const files = await filesOf(/** @type {DataTransfer} */ (event.dataTransfer));
    if (files.length) take(files);
  });
}

/** @param {DragEvent} event */
function brings(event) {
  const files = event.dataTransfer?.types.includes("Files") ?? false;
  return files && !document.querySelector("dialog[open]");
}

/**
 * The files of a drop, those in its folders included.
 * @param {DataTransfer} transfer
 * @returns {Promise<File[]>}
 */
async function filesOf(transfer) {
  // What is dropped can be looked at only before anything is waited for.
  const plain = [...transfer.files];
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  if (!entries.some((entry) => entry?.isDirectory)) return plain;
  /** @type {File[]} */
  const found = [];
  for (const entry of entries) if (entry) await gather(entry, found);
  return found;
}

/**
 * @param {FileSystemEntry} entry
 * @param {File[]} found
 */
async function gather(entry, found) {
  if (found.length >= MOST || entry.name.startsWith(".")) return;
  if (entry.isFile) {
    const one = /** @type {FileSystemFileEntry} */ (entry);
    found.push(await new Promise((resolve, reject) => one.file(resolve, reject)));
    return;
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return;
    for (const each of some) await gather(each, found);
  }
}
