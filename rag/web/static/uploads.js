// @ts-check
"use strict";

/** Files that were chosen or dropped, sent one by one so that each has its own outcome. */

import { button, reason } from "./activity.js";
import { sendForm } from "./sending.js";
import { Problem, request } from "./stream.js";
import { say } from "./wording.js";

const AT_ONCE = 2;
const TRIES = 5;
const LOOKED_AT = 500;

/**
 * @typedef {{file: File, collection: string, row: import("./activity.js").Row,
 *   replaced: string, tries: number}} Task `replaced` is the id of the document that the
 *   file takes the place of; empty where it is a new one
 */

export class Uploads {
  /**
   * @param {HTMLFormElement} form
   * @param {import("./jobs.js").Jobs} jobs
   * @param {import("./activity.js").Activity} activity
   * @param {number} most bytes of one file
   */
  constructor(form, jobs, activity, most) {
    this.form = form;
    this.jobs = jobs;
    this.activity = activity;
    this.most = most;
    /** @type {Task[]} */
    this.waiting = [];
    this.sending = 0;
    const input = /** @type {HTMLInputElement} */ (form.elements.namedItem("files"));
    input.addEventListener("change", () => {
      this.add([...(input.files ?? [])]);
      input.value = "";
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    addEventListener("beforeunload", (event) => {
      if (this.sending + this.waiting.length) event.preventDefault();
    });
  }

  /** The collection that is chosen. */
  get collection() {
    return String(new FormData(this.form).get("collection") ?? "documents");
  }

  /**
   * Add documents to the collection that is chosen.
   * @param {File[]} files
   */
  add(files) {
    const { collection } = this;
    for (const file of files) {
      const row = this.activity.add(file.name, "add", true);
      this.#queue({ file, collection, row, replaced: "", tries: 0 });
    }
  }

  /**
   * Put a file in the place of a document.
   * @param {string} id
   * @param {string} title
   * @param {File} file
   */
  replace(id, title, file) {
    const row = this.activity.add(title, "replace", true);
    this.#queue({ file, collection: "", row, replaced: id, tries: 0 });
  }

  /** @param {Task} task */
  #queue(task) {
    task.row.wait();
    const refused = !task.file.size ? "hollow" : task.file.size > this.most ? "too_big" : "";
    if (refused) {
      task.row.refuse(say(`library.script.${refused}`));
      return;
    }
    this.waiting.push(task);
    this.#next();
  }

  #next() {
    while (this.sending < AT_ONCE) {
      const task = this.waiting.shift();
      if (!task) return;
      this.sending += 1;
      this.#send(task).finally(() => {
        this.sending -= 1;
        this.#next();
      });
    }
  }

  /** @param {Task} task */
  async #send(task) {
    const { file, row, replaced } = task;
    // Better known before a large file has gone all the way.
    const taken = replaced ? null : await namesake(task).catch(() => null);
    if (taken) {
      this.#taken(task, taken);
      return;
    }
    const body = new FormData();
    if (!replaced) body.set("collection", task.collection);
    body.set(replaced ? "file" : "files", file, file.name);
    const path = replaced ? `/v1/documents/${encodeURIComponent(replaced)}` : "/v1/documents";
    row.sending(0);
    try {
      const told = (/** @type {number} */ part) => row.sending(part);
      const job = await sendForm(replaced ? "PUT" : "POST", path, body, told);
      row.tell(job);
      this.jobs.follow(job.id, (state) => row.tell(state));
    } catch (problem) {
      await this.#refused(task, problem);
    }
  }

  /**
   * @param {Task} task
   * @param {unknown} problem
   */
  async #refused(task, problem) {
    const again = button("retry", () => this.#queue({ ...task, tries: 0 }));
    if (!(problem instanceof Problem)) return task.row.refuse(reason(problem), again);
    if (problem.wait && task.tries < TRIES) return this.#later(task, problem.wait);
    if (problem.slug === "conflict") {
      return task.row.refuse(say("library.script.changing"), again);
    }
    const worth = problem.status >= 500 || ["network", "rate-limit", "timeout"].includes(problem.slug);
    task.row.refuse(reason(problem), ...(worth ? [again] : []));
  }

  /**
   * @param {Task} task
   * @param {number} seconds
   */
  async #later(task, seconds) {
    task.row.retrying(seconds);
    await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
    await this.#send({ ...task, tries: task.tries + 1 });
  }

  /**
   * The name is taken: offer to replace the document that has it.
   * @param {Task} task
   * @param {{id: string, uploaded: string | null}} found
   */
  #taken(task, found) {
    if (!found.uploaded) {
      task.row.refuse(say("library.script.found_in_folder"));
      return;
    }
    const replace = button("replace", () => {
      task.row.kind = "replace";
      this.#queue({ ...task, replaced: found.id, tries: 0 });
    });
    task.row.refuse(say("library.script.exists"), replace);
  }
}

/**
 * The document that has the name of a file already.
 * @param {Task} task
 * @returns {Promise<{id: string, uploaded: string | null} | null>}
 */
async function namesake({ file, collection }) {
  const name = file.name.normalize("NFC").replace(/\s+/gu, " ").trim();
  const asked = new URLSearchParams({ collection, q: name.slice(0, LOOKED_AT), limit: String(LOOKED_AT) });
  const { documents } = await (await request(`/v1/documents?${asked}`)).json();
  const same = (/** @type {{path: string}} */ each) => each.path.normalize("NFC") === name;
  return documents.find(same) ?? null;
}
