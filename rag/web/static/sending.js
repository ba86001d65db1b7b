// @ts-check
"use strict";

/** Sends files, telling how much of each has gone: what `fetch` does not tell. */

import { Problem } from "./stream.js";

/**
 * Send a form; gives the job that came of it.
 * @param {"POST" | "PUT"} method
 * @param {string} path
 * @param {FormData} body
 * @param {(part: number) => void} told how much was sent, of 1
 * @returns {Promise<import("./jobs.js").Job>}
 * @throws {Problem} it was refused, or did not arrive
 */
export function sendForm(method, path, body, told) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, path);
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable && event.total) told(event.loaded / event.total);
    });
    request.addEventListener("load", () => {
      if (request.status < 300 && request.response) resolve(request.response);
      else reject(refusal(request));
    });
    for (const fault of ["error", "abort", "timeout"]) {
      request.addEventListener(fault, () => reject(new Problem("network")));
    }
    request.send(body);
  });
}

/** @param {XMLHttpRequest} request */
function refusal(request) {
  const told = request.response ?? {};
  const slug = String(told.type ?? "").replace(/^urn:sourcier:problem:/, "") || "other";
  return new Problem(slug, {
    title: told.title,
    detail: told.detail,
    requestId: told.request_id,
    wait: Number(request.getResponseHeader("Retry-After")) || 0,
    status: request.status,
  });
}
