// @ts-check
"use strict";

/**
 * Answers as they leave the page: as Markdown, as plain text, as a fragment to paste.
 *
 * @typedef {import("./layout.js").Answer} Answer
 * @typedef {import("./layout.js").Citation} Citation
 * @typedef {import("./layout.js").Group} Group
 * @typedef {import("./storage.js").Conversation} Conversation
 */

import { dateInWords, localDay } from "./dates.js";
import { groupsOf, isSilent } from "./layout.js";
import { inert, readingUrl, webUrl } from "./links.js";
import { say } from "./wording.js";

/** Those at which lines may be broken; the others stay as they are. */
const BLANKS = /[^\S\u00a0\u202f]+/g;

/**
 * A whole conversation as Markdown, each quote with its source. What was written by others
 * is shown by every reader of Markdown as it is, whatever signs it has.
 * @param {Conversation} conversation
 */
export function conversationAsMarkdown(conversation) {
  const date = dateInWords(localDay(new Date(conversation.updated)));
  const turns = conversation.turns.flatMap((turn) => [
    `## ${inline(inert(turn.question))}`,
    ...(isSilent(turn.answer) || turn.answer.answered ? [] : [`*${say("answer.possible")}*`]),
    ...groupsOf(turn.answer).map((group) => groupAsMarkdown(group)),
    ...(isSilent(turn.answer) ? [inline(turn.answer.text)] : []),
    ...sourcesAsMarkdown(turn.answer.citations),
  ]);
  const head = [`# ${inline(inert(conversation.title))}`, `*${say("ask.script.export_note", { date })}*`];
  return `${[...head, ...turns].join("\n\n")}\n`;
}

/**
 * A name for the file of a conversation.
 * @param {Conversation} conversation
 */
export function fileName(conversation) {
  const plain = conversation.title.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const name = plain.replace(/[^a-z0-9]+/g, "-").slice(0, 60).replace(/^-+|-+$/g, "");
  return `${name || "conversation"}.md`;
}

/**
 * Text and then the references of some of an answer's citations, one a line.
 * @param {string} text
 * @param {Citation[]} citations
 */
export function withReferences(text, citations) {
  if (!citations.length) return text;
  const lines = citations.map(
    (each) => `[${each.number}] ${reference(each)}\n    ${addressOf(each)}`,
  );
  return [text, "", say("ask.script.sources"), ...lines].join("\n");
}

/**
 * What a citation names: the document, its publisher, its date, where in it.
 * @param {Citation} citation
 */
export function reference(citation) {
  const page = citation.page === null ? "" : say("common.page", { page: String(citation.page) });
  const date = citation.date ? dateInWords(citation.date) : "";
  const where = citation.headings.map(inert).join(" › ");
  const said = [inert(citation.title), inert(citation.source ?? ""), date, where, page];
  return said.filter(Boolean).join(", ");
}

/**
 * The whole address of the place that is cited.
 * @param {Citation} citation
 */
export function addressOf(citation) {
  return new URL(readingUrl(citation), location.origin).href;
}

function groupAsMarkdown(/** @type {Group} */ group) {
  const rows = group.lines.map((line) => {
    const numbers = line.numbers.map((number) => ` \\[${number}\\]`).join("");
    return line.cells.map((cell, index) => {
      const pieces = cell.map(({ text, marked }) => (marked ? strong(text) : flowing(text)));
      const text = pieces.join("").trim();
      const lines = group.isTable ? text.replace(BLANKS, " ") : text;
      return index === line.cells.length - 1 ? `${lines}${numbers}` : lines;
    });
  });
  if (!group.isTable) return rows.map((row) => row.join(" ")).join("\n\n");
  const bar = (/** @type {string[]} */ cells) => `| ${cells.join(" | ")} |`;
  return [bar(rows[0]), bar(rows[0].map(() => "---")), ...rows.slice(1).map(bar)].join("\n");
}

function sourcesAsMarkdown(/** @type {Citation[]} */ citations) {
  if (!citations.length) return [];
  return [`**${say("ask.script.sources")}**`, ...citations.map(sourceAsMarkdown)];
}

function sourceAsMarkdown(/** @type {Citation} */ citation) {
  const site = webUrl(citation.source_url);
  const elsewhere = site ? ` (<${site.replace(/[<>]/g, encodeURIComponent)}>)` : "";
  const link = `[${inline(reference(citation))}](${addressOf(citation)})${elsewhere}`;
  const lines = block(citation.quote).split("\n");
  const quoted = lines.map((line) => (line ? `> ${line}` : ">")).join("\n");
  return `${citation.number}. ${link}\n\n${indented(quoted)}`;
}

function indented(/** @type {string} */ text) {
  return text.split("\n").map((line) => `    ${line}`).join("\n");
}

/** Words in bold; blanks at the ends would undo it. */
function strong(/** @type {string} */ text) {
  const [, before, words, after] = /^(\s*)([^]*?)(\s*)$/.exec(text) ?? ["", "", text, ""];
  return words ? `${flowing(before)}**${inline(words)}**${flowing(after)}` : flowing(text);
}

/** Text of several lines, each of which stays one. */
function block(/** @type {string} */ text) {
  return flowing(text).trim();
}

/**
 * A piece of such text, with the blanks at its ends, where others go on: two blanks at the
 * end of a line ask for the next.
 */
function flowing(/** @type {string} */ text) {
  const paragraphs = text.split(/[^\S\n]*\n\s*\n[^\S\n]*/).map((each) => {
    return each.split(/[^\S\n]*\n[^\S\n]*/).map(escaped).join("  \n");
  });
  return paragraphs.join("\n\n");
}

function inline(/** @type {string} */ text) {
  return escaped(text.replace(BLANKS, " ").trim());
}

/** With a backslash before whatever Markdown would read as a sign. */
function escaped(/** @type {string} */ text) {
  return text
    .replace(/[\\`*_[\]<>|~&]/g, "\\$&")
    .replace(/^(\s*)([#+=-])/, "$1\\$2")
    .replace(/^(\s*\d+)([.)])/, "$1\\$2");
}
