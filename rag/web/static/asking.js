// @ts-check
"use strict";

/**
 * The ask page: the question that is put, and the conversation that it belongs to.
 *
 * @typedef {import("./layout.js").Answer} Answer
 * @typedef {import("./column.js").LiveTurn} LiveTurn
 * @typedef {import("./field.js").Field} Field
 * @typedef {import("./storage.js").Conversation} Conversation
 * @typedef {import("./storage.js").Conversations} Conversations
 */

import { Column } from "./column.js";
import { Drawer } from "./conversations.js";
import { keepDraft, takeDraft } from "./drafts.js";
import { conversationAsMarkdown, fileName } from "./export.js";
import { keepable, statesOf } from "./freshness.js";
import { make, one } from "./parts.js";
import { conversationHere } from "./places.js";
import { Problem, ask } from "./stream.js";
import { read, say } from "./wording.js";

/** Turns that the service is told of; it looks back no further. */
const TOLD = 6;
const LONGEST = 4000;
/** Citations of each that it is told of. */
const CITED = 20;

export class AskPage {
  #root;
  #field;
  #kept;
  #column = new Column((question) => void this.ask(question));
  #drawer;
  #open = /** @type {Conversation | null} */ (null);
  #warned = false;
  #asking = /** @type {AbortController | null} */ (null);

  /**
   * Takes up what the address names, or what the page came with.
   * @param {HTMLElement} root
   * @param {Field} field
   * @param {Conversations} kept
   */
  constructor(root, field, kept) {
    this.#root = root;
    this.#field = field;
    this.#kept = kept;
    this.#drawer = new Drawer(kept, {
      current: () => this.#open?.id ?? "",
      changed: (id) => this.#changed(id),
      closed: () => this.#leave(),
      save: (id) => void this.#save(id),
      tell: (message) => this.#column.tell(message),
    });
    addEventListener("popstate", () => this.#moved());
    const answers = /** @type {Answer[]} */ (read("answers"));
    const asked = conversationHere();
    const found = kept.find(asked);
    const draft = takeDraft(kept.owner, asked);
    if (found) this.#show(found);
    else if (answers.length) this.#adopt(answers);
    else if (draft) history.replaceState(null, "", location.pathname);
    else if (asked) this.#missing();
    if (draft) this.#field.giveBack(draft, "");
  }

  /** Show the conversations that are kept. */
  openDrawer() {
    this.#drawer.open();
  }

  /** Export the conversation that the page shows. */
  exportOpen() {
    if (this.#open) void this.#save(this.#open.id);
  }

  /**
   * Ask a question in the conversation that is open, or in a new one.
   * @param {string} question
   */
  async ask(question) {
    if (this.#asking) return;
    const conversation = this.#open ?? this.#begin(question);
    const stopping = (this.#asking = new AbortController());
    const turn = this.#column.begin(question, () => stopping.abort());
    keepDraft(conversation, question);
    this.#field.wait(true);
    try {
      const history = historyOf(conversation);
      for await (const [name, data] of ask(question, history, stopping.signal)) {
        turn.take(name, data);
        if (name === "answer") this.#keep(conversation, question, data);
      }
    } catch (error) {
      this.#failed(question, turn, error, stopping.signal.aborted);
    } finally {
      this.#asking = null;
      this.#field.wait(false);
    }
  }

  #begin(/** @type {string} */ question) {
    const conversation = (this.#open = this.#kept.begin(question));
    history.pushState(null, "", `${location.pathname}#c=${conversation.id}`);
    this.#on();
    return conversation;
  }

  /**
   * @param {Conversation} conversation
   * @param {string} question
   * @param {Answer} answer
   */
  #keep(conversation, question, answer) {
    const turn = { question, answer, at: new Date().toISOString() };
    const changed = this.#kept.add(conversation, turn);
    if (this.#open?.id === changed.id) this.#open = changed;
    takeDraft(changed.owner, changed.id);
    this.#warn();
    this.#offer();
  }

  /**
   * @param {string} question
   * @param {LiveTurn} turn
   * @param {unknown} error
   * @param {boolean} stopped by the reader
   */
  #failed(question, turn, error, stopped) {
    const problem = error instanceof Problem ? error : new Problem("other");
    if (problem.status === 401) {
      // The question is in the field again when one comes back.
      const to = `${location.pathname}${location.hash}`;
      location.assign(`/session?${new URLSearchParams({ to })}`);
      return;
    }
    const refused = problem.status === 422;
    if (!stopped && !refused) {
      turn.fail(problem);
      return;
    }
    turn.remove();
    this.#field.giveBack(question, refused ? problem.detail : "");
    this.#column.tell(stopped ? say("ask.script.stopped") : problem.detail);
  }

  /** What the page came with becomes a conversation, unless it is one already. */
  #adopt(/** @type {Answer[]} */ answers) {
    const known = this.#kept.list().find((each) => holds(each, answers));
    if (known) {
      history.replaceState(null, "", `#c=${known.id}`);
      this.#show(known, answers[answers.length - 1].question);
      return;
    }
    const at = new Date().toISOString();
    let open = this.#kept.begin(answers[0].question);
    this.#column.adopt(answers);
    for (const answer of answers) {
      open = this.#kept.add(open, { question: answer.question, answer, at });
    }
    this.#open = open;
    history.replaceState(null, "", `#c=${open.id}`);
    this.#warn();
    this.#on();
  }

  /** What the browser refuses to keep will be lost: told once. */
  #warn() {
    if (this.#warned || this.#kept.lasting) return;
    this.#warned = true;
    this.#column.warn(say("ask.script.not_kept"));
  }

  #show(/** @type {Conversation} */ conversation, question = "") {
    this.#asking?.abort();
    this.#open = conversation;
    this.#column.show(conversation.turns, question);
    this.#on();
    void this.#refresh(conversation);
  }

  /** What was removed since must not be shown nor kept; what changed is said. */
  async #refresh(/** @type {Conversation} */ conversation) {
    const asked = new Map();
    const turns = await Promise.all(
      conversation.turns.map(async (turn, index) => {
        const states = await statesOf(turn.answer, asked);
        const { answer, gone, changed } = keepable(turn.answer, states);
        if (this.#open?.id === conversation.id) this.#column.refresh(index, states, gone, changed);
        return { ...turn, answer };
      }),
    );
    const now = this.#kept.find(conversation.id);
    if (!now) return null;
    const refreshed = { ...now, turns: [...turns, ...now.turns.slice(turns.length)] };
    if (JSON.stringify(refreshed) !== JSON.stringify(now)) this.#kept.keep(refreshed);
    if (this.#open?.id === now.id) this.#open = refreshed;
    return refreshed;
  }

  /** Another place of the browser's history. */
  #moved() {
    const asked = conversationHere();
    if (asked === this.#open?.id) return;
    if (!asked && location.hash) {
      // To another part of the page: the address goes on naming the conversation.
      if (this.#open) history.replaceState(null, "", `#c=${this.#open.id}`);
      return;
    }
    const found = this.#kept.find(asked);
    if (found) this.#show(found);
    else location.reload();
  }

  #missing() {
    const notice = make("p", { class: "notice warn" }, say("ask.script.not_here"));
    notice.id = "missing";
    one("#asking").before(notice);
    history.replaceState(null, "", location.pathname);
  }

  #changed(/** @type {string} */ id) {
    this.#offer();
    if (this.#open?.id !== id) return;
    const now = this.#kept.find(id);
    // What was removed stays on the page while it may still be put back.
    if (now) this.#open = now;
  }

  /** Away from a conversation that was removed for good. */
  #leave() {
    if (this.#open?.turns.length && !this.#kept.find(this.#open.id)) location.assign("/");
  }

  async #save(/** @type {string} */ id) {
    const found = this.#kept.find(id);
    const fresh = found && (await this.#refresh(found));
    if (!fresh) return;
    const file = new Blob([conversationAsMarkdown(fresh)], { type: "text/markdown;charset=utf-8" });
    const address = URL.createObjectURL(file);
    make("a", { href: address, download: fileName(fresh) }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
    this.#column.tell(say("ask.script.exported"));
  }

  /** The page has a conversation. */
  #on() {
    this.#root.dataset.state = "on";
    one("#ask-title").textContent = say("ask.title_on");
    one("#welcome").hidden = true;
    document.getElementById("missing")?.remove();
    this.#field.on();
    this.#offer();
  }

  #offer() {
    const any = this.#kept.list().length > 0;
    one("[data-conversations]").hidden = !any && !this.#open;
    one("[data-export]").hidden = !this.#open;
  }
}

/**
 * Whether a conversation has these questions, one after the other. Where it begins with them,
 * the last must also have got the same answer: anybody may begin so.
 * @param {Conversation} conversation
 * @param {Answer[]} answers
 */
function holds({ turns }, answers) {
  const last = answers.length - 1;
  return turns.some((_, from) => {
    if (!answers.every((each, at) => turns[from + at]?.question === each.question)) return false;
    return from > 0 || turns[last].answer.text === answers[last].text;
  });
}

function historyOf(/** @type {Conversation} */ conversation) {
  return conversation.turns.slice(-TOLD).map(({ question, answer }) => ({
    question,
    answer: answer.answered && answer.text ? answer.text.slice(0, LONGEST) : null,
    cited: (answer.citations ?? [])
      .slice(0, CITED)
      .map(({ document_id, start, end, headings }) => ({ document_id, start, end, headings })),
  }));
}
