// @ts-check
"use strict";

import { one } from "./parts.js";
import { say } from "./wording.js";

/** The field where questions are written. */
export class Field {
  #form = /** @type {HTMLFormElement} */ (one("#asking"));
  #text = /** @type {HTMLTextAreaElement} */ (one("#question"));
  #fault = one("#question-fault");
  #send = one("#send");

  /** @param {(question: string) => void} ask called with what is to be asked */
  constructor(ask) {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit(ask);
    });
    this.#text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#form.requestSubmit();
    });
    this.#text.addEventListener("input", () => this.#complain(""));
  }

  /**
   * Whether an answer is on its way: nothing else can be asked meanwhile.
   * @param {boolean} waiting
   */
  wait(waiting) {
    this.#send.setAttribute("aria-disabled", String(waiting));
  }

  /** A conversation is on: the field asks for what comes next. */
  on() {
    one(`label[for="${this.#text.id}"]`).textContent = say("ask.next_label");
    this.#text.placeholder = say("ask.next_placeholder");
  }

  /**
   * Put back a question that was not answered, and why.
   * @param {string} question
   * @param {string} reason in French; may be empty
   */
  giveBack(question, reason) {
    if (!this.#text.value) this.#text.value = question;
    this.#complain(reason);
    this.#text.focus();
  }

  /**
   * Send a question as a page without scripts does.
   * @param {string} question
   */
  sendPlainly(question) {
    this.#text.value = question;
    this.#form.submit();
  }

  #submit(/** @type {(question: string) => void} */ ask) {
    const question = this.#text.value.trim();
    if (!question || this.#send.getAttribute("aria-disabled") === "true") return;
    this.#text.value = "";
    this.#complain("");
    ask(question);
  }

  #complain(/** @type {string} */ reason) {
    this.#fault.textContent = reason;
    this.#fault.hidden = !reason;
    this.#fault.lang = "fr";
    if (reason) {
      this.#text.setAttribute("aria-invalid", "true");
      this.#text.setAttribute("aria-describedby", this.#fault.id);
    } else {
      this.#text.removeAttribute("aria-invalid");
      this.#text.removeAttribute("aria-describedby");
    }
  }
}
