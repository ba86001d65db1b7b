// @ts-check
"use strict";

/**
 * The drawer of the conversations that this browser keeps: open, rename, export, remove.
 *
 * @typedef {import("./storage.js").Conversation} Conversation
 * @typedef {import("./storage.js").Conversations} Conversations
 *
 * What the page does: `current` is the id of the conversation that it shows, `changed` is
 * called when one is renamed, removed or put back, `closed` when the drawer is, `save`
 * exports one, `tell` says something aloud.
 * @typedef {{current: () => string, changed: (id: string) => void, closed: () => void,
 *   save: (id: string) => void, tell: (message: string) => void}} Page
 */

import { whenInWords } from "./dates.js";
import { conversationUrl } from "./places.js";
import { clone, one, press } from "./parts.js";
import { say } from "./wording.js";

export class Drawer {
  #dialog = /** @type {HTMLDialogElement} */ (one("#conversations"));
  #list = one(".conversations", this.#dialog);
  /** @type {Conversations} */
  #kept;
  /** @type {Page} */
  #page;
  #removed = /** @type {{conversation: Conversation, item: HTMLElement} | null} */ (null);

  /**
   * @param {Conversations} kept
   * @param {Page} page
   */
  constructor(kept, page) {
    this.#kept = kept;
    this.#page = page;
    press(one("[data-close]", this.#dialog), () => this.close());
    this.#dialog.addEventListener("close", () => {
      this.#forget();
      page.closed();
    });
    this.#dialog.addEventListener("click", (event) => {
      if (event.target === this.#dialog) this.close();
    });
    this.#list.addEventListener("click", (event) => this.#clicked(event));
    one("[data-new]", this.#dialog).addEventListener("click", () => this.close());
    kept.watch(() => this.#draw());
  }

  /** Show it. */
  open() {
    this.#draw();
    this.#dialog.showModal();
    this.#list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }

  /** Hide it; focus goes back to where it was. */
  close() {
    if (this.#dialog.open) this.#dialog.close();
  }

  #draw() {
    const conversations = this.#kept.list();
    this.#list.replaceChildren(...conversations.map((each) => this.#item(each)));
    this.#count();
    one("[data-kept]", this.#dialog).textContent = say(
      this.#kept.lasting ? "ask.script.kept" : "ask.script.not_kept",
    );
  }

  #count() {
    one("[data-none]", this.#dialog).hidden = this.#list.childElementCount > 0;
  }

  /** @returns {HTMLElement} */
  #item(/** @type {Conversation} */ conversation) {
    const item = clone("conversation-item");
    item.dataset.id = conversation.id;
    const link = /** @type {HTMLAnchorElement} */ (one("a", item));
    link.href = conversationUrl(conversation.id);
    if (conversation.id === this.#page.current()) link.setAttribute("aria-current", "true");
    one("[data-title]", item).textContent = conversation.title;
    one("[data-when]", item).textContent = whenInWords(conversation.updated);
    for (const button of item.querySelectorAll("[data-do]")) {
      const name = say(`ask.script.${/** @type {HTMLElement} */ (button).dataset.do}`, {
        title: conversation.title,
      });
      button.setAttribute("aria-label", name);
      button.setAttribute("title", name);
    }
    return item;
  }

  #clicked(/** @type {MouseEvent} */ event) {
    if (!(event.target instanceof Element)) return;
    if (event.target.closest("a")) this.close();
    const button = /** @type {HTMLElement | null} */ (event.target.closest("[data-do]"));
    const item = /** @type {HTMLElement | null} */ (button?.closest("[data-id]") ?? null);
    const found = this.#kept.find(item?.dataset.id ?? "");
    if (!button || !item || !found) return;
    if (button.dataset.do === "rename") this.#rename(found, item);
    if (button.dataset.do === "export") this.#page.save(found.id);
    if (button.dataset.do === "remove") this.#remove(found, item);
  }

  #rename(/** @type {Conversation} */ conversation, /** @type {HTMLElement} */ item) {
    const form = /** @type {HTMLFormElement} */ (clone("conversation-rename"));
    const field = /** @type {HTMLInputElement} */ (one("input", form));
    field.value = conversation.title;
    const back = () => {
      const drawn = this.#item(this.#kept.find(conversation.id) ?? conversation);
      item.replaceWith(drawn);
      one('[data-do="rename"]', drawn).focus();
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#kept.rename(conversation.id, field.value);
      this.#page.changed(conversation.id);
      back();
    });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      // Escape leaves the field, not the whole drawer.
      event.preventDefault();
      event.stopPropagation();
      back();
    });
    press(one("[data-cancel]", form), back);
    item.replaceChildren(form);
    field.select();
  }

  #remove(/** @type {Conversation} */ conversation, /** @type {HTMLElement} */ item) {
    this.#forget();
    this.#kept.remove(conversation.id);
    this.#page.changed(conversation.id);
    const notice = clone("conversation-removed");
    const said = say("ask.script.removed", { title: conversation.title });
    one("[data-said]", notice).textContent = said;
    press(one("[data-undo]", notice), () => this.#restore());
    item.replaceWith(notice);
    this.#removed = { conversation, item: notice };
    this.#page.tell(said);
    one("[data-undo]", notice).focus();
  }

  #restore() {
    if (!this.#removed) return;
    const { conversation, item } = this.#removed;
    this.#removed = null;
    this.#kept.keep(conversation);
    this.#page.changed(conversation.id);
    this.#page.tell(say("ask.script.restored", { title: conversation.title }));
    const drawn = this.#item(conversation);
    item.replaceWith(drawn);
    one("a", drawn).focus();
  }

  /** What was removed cannot be put back any more. */
  #forget() {
    this.#removed?.item.remove();
    this.#removed = null;
    this.#count();
  }
}
