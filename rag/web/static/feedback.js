// @ts-check
"use strict";

import { clone, make, one } from "./parts.js";
import { Problem, send } from "./stream.js";
import { say } from "./wording.js";

/**
 * Have what readers think of answers sent without leaving the page.
 * @param {HTMLElement} conversation
 * @param {(message: string) => void} tell says something aloud
 */
export function takeFeedback(conversation, tell) {
  conversation.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches(".feedback")) return;
    event.preventDefault();
    void judge(form, event.submitter, tell);
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} pressed
 * @param {(message: string) => void} tell
 */
async function judge(form, pressed, tell) {
  const given = new FormData(form);
  const verdict = pressed?.getAttribute("value") ?? form.dataset.verdict;
  const comment = String(given.get("comment") ?? "").trim();
  const body = { answer_id: given.get("answer_id"), helpful: verdict === "yes", comment };
  if (!verdict || form.hasAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  try {
    await send("/v1/feedback", body);
    thank(form, verdict, comment !== "");
  } catch (error) {
    complain(form, error);
  } finally {
    form.removeAttribute("aria-busy");
  }
  tell(one(".feedback-said", form).textContent ?? "");
}

/**
 * @param {HTMLFormElement} form
 * @param {string} verdict
 * @param {boolean} commented
 */
function thank(form, verdict, commented) {
  form.dataset.verdict = verdict;
  for (const button of form.querySelectorAll('[name="verdict"]')) {
    button.setAttribute("aria-pressed", String(button.getAttribute("value") === verdict));
  }
  const comment = form.querySelector("details");
  if (comment && !comment.querySelector(".button")) comment.append(clone("feedback-send"));
  if (comment) comment.open = verdict === "no" && !commented;
  said(form, say(commented ? "ask.script.commented" : "ask.script.thanks"), "feedback-said");
}

function complain(/** @type {HTMLFormElement} */ form, /** @type {unknown} */ error) {
  const slug = error instanceof Problem ? error.slug : "other";
  const known = ["unknown", "network", "rate-limit"].includes(slug) ? slug : "other";
  said(form, say(`ask.script.feedback_fault.${known}`), "feedback-said fault-text");
}

/**
 * @param {HTMLFormElement} form
 * @param {string} text
 * @param {string} classes
 */
function said(form, text, classes) {
  form.querySelector(".feedback-said")?.remove();
  form.append(make("p", { class: classes }, text));
}
