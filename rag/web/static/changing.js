// @ts-check
"use strict";

/** Replacing and removing a document without leaving the list. */

import { reason } from "./activity.js";
import { Problem, request } from "./stream.js";

/**
 * Have the links of the list ask here what they would ask on a page of their own.
 * @param {import("./uploads.js").Uploads} uploads
 * @param {import("./jobs.js").Jobs} jobs
 * @param {import("./activity.js").Activity} activity
 */
export function watchChanges(uploads, jobs, activity) {
  document.addEventListener("click", (event) => {
    const link = plainClick(event)?.closest(".document-actions a");
    const line = link?.closest("li");
    if (!(link instanceof HTMLAnchorElement) || !line?.dataset.document) return;
    event.preventDefault();
    if (link.classList.contains("removes")) remove(line, jobs, activity);
    else replace(line, uploads);
  });
}

/** @param {MouseEvent} event */
function plainClick(event) {
  const other = event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  return !other && event.target instanceof Element ? event.target : null;
}

/**
 * @param {HTMLLIElement} line
 * @param {import("./jobs.js").Jobs} jobs
 * @param {import("./activity.js").Activity} activity
 */
async function remove(line, jobs, activity) {
  const title = titleOf(line);
  const sent = line.dataset.sent !== undefined;
  document.getElementById("remove-sent")?.toggleAttribute("hidden", !sent);
  document.getElementById("remove-found")?.toggleAttribute("hidden", sent);
  if (!(await confirmed("remove-dialog", title))) return;
  const row = activity.add(title, "remove", false);
  setBusy(line, true);
  // The link that opened the dialog goes with its line.
  document.getElementById("documents-count")?.focus({ preventScroll: true });
  const settle = (/** @type {import("./jobs.js").Job | Problem} */ told) => {
    row.tell(told);
    if (told instanceof Problem || told.state === "failed") setBusy(line, false);
  };
  try {
    const id = encodeURIComponent(line.dataset.document ?? "");
    const job = await (await request(`/v1/documents/${id}`, { method: "DELETE" })).json();
    settle(job);
    jobs.follow(job.id, settle);
  } catch (problem) {
    setBusy(line, false);
    row.refuse(reason(problem));
  }
}

/**
 * @param {HTMLLIElement} line
 * @param {import("./uploads.js").Uploads} uploads
 */
async function replace(line, uploads) {
  if (line.dataset.sent === undefined) {
    await confirmed("found-dialog", titleOf(line));
    return;
  }
  const input = /** @type {HTMLInputElement} */ (document.getElementById("replace-file"));
  input.value = "";
  if (!(await confirmed("replace-dialog", titleOf(line)))) return;
  const [file] = input.files ?? [];
  if (file) uploads.replace(line.dataset.document ?? "", titleOf(line), file);
}

/** @param {HTMLLIElement} line */
function titleOf(line) {
  return line.querySelector(".document-title")?.textContent ?? "";
}

/**
 * @param {HTMLLIElement} line
 * @param {boolean} busy
 */
function setBusy(line, busy) {
  line.setAttribute("aria-busy", String(busy));
  line.querySelector(".document-actions")?.toggleAttribute("inert", busy);
}

/**
 * Whether a reader says yes to a dialog about something of this name.
 * @param {string} id
 * @param {string} name
 * @returns {Promise<boolean>}
 */
function confirmed(id, name) {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById(id));
  const shown = dialog.querySelector(".dialog-name bdi");
  if (shown) shown.textContent = name;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
