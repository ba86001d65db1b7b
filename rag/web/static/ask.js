// @ts-check
"use strict";

/**
 * What the ask page needs before anything is asked; the rest comes when it is first wanted.
 *
 * @typedef {import("./asking.js").AskPage} AskPage
 */

import { Field } from "./field.js";
import { one, press } from "./parts.js";
import { conversationHere } from "./places.js";
import { Conversations } from "./storage.js";
import { read } from "./wording.js";

class Entrance {
  #root = one("#ask");
  #kept = new Conversations(this.#root.dataset.owner ?? "");
  #field = new Field((question) => void this.#ask(question));
  #coming = /** @type {Promise<AskPage> | null} */ (null);

  /** Listen, and take up what the address names or the page came with. */
  open() {
    const drawer = one("[data-conversations]");
    drawer.hidden = !this.#kept.list().length;
    press(drawer, () => this.#use((page) => page.openDrawer()));
    press(one("[data-export]"), () => this.#use((page) => page.exportOpen()));
    this.#root.addEventListener("click", (event) => this.#clicked(event));
    for (const type of ["input", "pointerover"]) {
      this.#root.addEventListener(type, () => this.#use(), { once: true });
    }
    addEventListener("hashchange", () => this.#look());
    this.#look();
  }

  #look() {
    if (conversationHere() || read("answers").length) this.#use();
  }

  /** Whatever can be done without the rest of the scripts stays possible. */
  #use(action = (/** @type {AskPage} */ _page) => {}) {
    this.#page().then(action, () => {});
  }

  async #ask(/** @type {string} */ question) {
    const page = await this.#page().catch(() => null);
    if (page) await page.ask(question);
    else this.#field.sendPlainly(question);
  }

  #page() {
    this.#coming ??= this.#load();
    return this.#coming;
  }

  async #load() {
    try {
      const { AskPage } = await import("./asking.js");
      return new AskPage(this.#root, this.#field, this.#kept);
    } catch (error) {
      this.#coming = null;
      throw error;
    }
  }

  /** An example is asked in place; in another tab, it is a link. */
  #clicked(/** @type {MouseEvent} */ event) {
    const example = event.target instanceof Element ? event.target.closest("a.example") : null;
    if (!example || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void this.#ask((example.textContent ?? "").trim());
  }
}

new Entrance().open();
