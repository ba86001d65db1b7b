// @ts-check
"use strict";

/** The service's answers, as they come. */

/** What kept a request from being answered; `detail` is in French, as the service says it. */
export class Problem extends Error {
  /**
   * @param {string} slug its kind: "network" and "cut" are told here, others by the service
   * @param {{title?: string, detail?: string, requestId?: string, wait?: number,
   *   status?: number}} [told] `wait` is in seconds
   */
  constructor(slug, told = {}) {
    super(told.detail ?? slug);
    this.slug = slug;
    this.status = told.status ?? 0;
    this.detail = told.detail ?? "";
    this.requestId = told.requestId ?? "";
    this.wait = told.wait ?? 0;
  }
}

/**
 * A request to the service's API.
 * @param {string} path
 * @param {RequestInit} [options]
 * @returns {Promise<Response>}
 * @throws {Problem} it was not granted
 */
export async function request(path, options = {}) {
  const response = await reached(path, options);
  if (!response.ok) throw await refusal(response);
  return response;
}

/**
 * Something sent to the service as JSON.
 * @param {string} path
 * @param {unknown} body
 * @param {AbortSignal} [signal]
 * @param {string} [accept]
 */
export function send(path, body, signal, accept = "application/json") {
  const headers = { "Content-Type": "application/json", Accept: accept };
  return request(path, { method: "POST", headers, body: JSON.stringify(body), signal });
}

/**
 * The events of an answer: ["hits", {…}], ["citation", {…}], ["segment", {…}], and at the
 * end ["answer", {…}].
 * @param {string} question
 * @param {{question: string, answer: string | null, cited: object[]}[]} history the turns
 *   before
 * @param {AbortSignal} signal stops it
 * @returns {AsyncGenerator<[string, any]>}
 * @throws {Problem} the service, or the way to it, failed
 */
export async function* ask(question, history, signal) {
  const body = { question, history, stream: true };
  const response = await send("/v1/ask", body, signal, "text/event-stream");
  let whole = false;
  for await (const [name, data] of eventsOf(response, signal)) {
    if (name === "error") throw problemOf(data, 0);
    whole = name === "answer";
    yield [name, data];
  }
  if (!whole) throw new Problem("cut");
}

/** @returns {AsyncGenerator<[string, any]>} */
async function* eventsOf(/** @type {Response} */ response, /** @type {AbortSignal} */ signal) {
  let text = "";
  for await (const chunk of chunksOf(response, signal)) {
    text = `${text}${chunk}`.replace(/\r\n/g, "\n");
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = eventIn(block);
      if (event) yield event;
    }
  }
}

async function* chunksOf(/** @type {Response} */ response, /** @type {AbortSignal} */ signal) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) return;
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      yield read.value;
    }
  } catch (error) {
    throw signal.aborted ? error : new Problem("cut");
  }
}

/** @returns {[string, any] | null} */
function eventIn(/** @type {string} */ block) {
  const lines = block.split("\n");
  const values = (/** @type {string} */ field) =>
    lines
      .filter((line) => line.startsWith(`${field}:`))
      .map((line) => line.slice(field.length + 1).replace(/^ /, ""));
  const data = values("data");
  return data.length ? [values("event")[0] ?? "message", JSON.parse(data.join("\n"))] : null;
}

async function reached(/** @type {string} */ path, /** @type {RequestInit} */ options) {
  try {
    return await fetch(path, { credentials: "same-origin", ...options });
  } catch (error) {
    throw options.signal?.aborted ? error : new Problem("network");
  }
}

async function refusal(/** @type {Response} */ response) {
  const wait = Number(response.headers.get("Retry-After")) || 0;
  const told = await response.json().catch(() => ({}));
  return problemOf({ ...told, status: response.status }, wait);
}

function problemOf(/** @type {any} */ told, /** @type {number} */ wait) {
  return new Problem(String(told.type ?? "").split(":").pop() || "other", {
    status: told.status,
    detail: told.errors?.[0]?.message ?? told.detail,
    requestId: told.request_id,
    wait,
  });
}
