// @ts-check
"use strict";

/** Follows the changes that the service is making, until it answers with them. */

import { Problem, request } from "./stream.js";

const FIRST = 500;
const PAUSE = 1500;
const SLOW = 10_000;
const MOST = 500;
const ENDS = new Set(["done", "partly", "failed"]);

/**
 * @typedef {{id: string, kind: string, state: string, stage: string, done: number,
 *   total: number, error: string | null,
 *   files: {document_id: string, name: string, reason: string | null}[]}} Job
 */

/**
 * Whether a job has ended.
 * @param {Job} job
 */
export function hasEnded(job) {
  return ENDS.has(job.state);
}

export class Jobs {
  /** @param {() => void} changed called after some of them have ended */
  constructor(changed) {
    this.changed = changed;
    /** @type {Map<string, (told: Job | Problem) => void>} */
    this.followed = new Map();
    this.looking = false;
  }

  /**
   * Tell how a job goes on: every state of it, the last one included, or why none is told.
   * @param {string} id
   * @param {(told: Job | Problem) => void} tell
   */
  follow(id, tell) {
    this.followed.set(id, tell);
    if (!this.looking) this.#look(FIRST);
  }

  /** @param {number} pause in milliseconds */
  async #look(pause) {
    this.looking = true;
    await new Promise((resolve) => setTimeout(resolve, pause));
    let next = PAUSE;
    try {
      this.#tell(await this.#jobs());
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status === 401 || error.status === 403) this.#stop(error);
      next = Math.max(error.wait * 1000, SLOW);
    }
    this.looking = false;
    if (this.followed.size) this.#look(next);
  }

  /** @returns {Promise<Job[]>} */
  async #jobs() {
    const limit = Math.min(MOST, 2 * this.followed.size + 20);
    const { jobs } = await (await request(`/v1/jobs?limit=${limit}`)).json();
    const found = new Set(jobs.map((/** @type {Job} */ job) => job.id));
    for (const id of this.followed.keys()) {
      if (!found.has(id)) jobs.push(await (await request(`/v1/jobs/${id}`)).json());
    }
    return jobs;
  }

  /** @param {Job[]} jobs */
  #tell(jobs) {
    let ended = false;
    for (const job of jobs) {
      const tell = this.followed.get(job.id);
      if (!tell) continue;
      if (hasEnded(job)) {
        this.followed.delete(job.id);
        ended = true;
      }
      tell(job);
    }
    if (ended) this.changed();
  }

  /** @param {Problem} problem */
  #stop(problem) {
    const tellers = [...this.followed.values()];
    this.followed.clear();
    for (const tell of tellers) tell(problem);
  }
}
