// @ts-check
"use strict";

/**
 * Answers as the page sets them: lines, small tables, highlighted words, cards of sources.
 * The rules are those of the page made without scripts (rag/web/pages/answers.py).
 *
 * @typedef {{text: string, marked: boolean}} Piece
 * @typedef {{cells: Piece[][], numbers: number[]}} Line
 * @typedef {{lines: Line[], isTable: boolean}} Group
 * @typedef {{start: number, end: number}} Span
 * @typedef {{text: string, start: number, end: number, citations: number[]}} Segment
 * @typedef {{document_id: string, title: string, start: number, end: number}} Place
 * @typedef {Place & {number: number, document_version: string, source: string | null,
 *   source_url: string | null, date: string | null, page: number | null, headings: string[],
 *   quote: string, also_in: Place[]}} Citation
 * @typedef {{citations: Citation[], read: Citation}} Section the citations of one place, and
 *   the one to begin reading at
 * @typedef {Place & {text: string, headings: string[], page: number | null,
 *   excerpt?: Span | null}} Hit
 * @typedef {{id: string, question: string, asked_as?: string | null, answered: boolean,
 *   verdict?: "answered" | "possible" | "none", confidence: number, text: string,
 *   segments: Segment[], highlights: Span[], citations: Citation[], hits: Hit[]}} Answer
 */

const CELLS = " | ";
const BRIEF = 20;

/**
 * Whether nothing is answered, not even what is to be checked.
 * @param {Answer} answer
 */
export function isSilent(answer) {
  return !answer.answered && answer.verdict !== "possible";
}

/**
 * The segments in order; a header and the rows under it are put together.
 * @param {Answer} answer
 * @returns {Group[]}
 */
export function groupsOf(answer) {
  const characters = Array.from(answer.text);
  const groups = [];
  for (let at = 0; at < answer.segments.length; ) {
    const size = tableSize(answer, at);
    const taken = answer.segments.slice(at, at + (size || 1));
    const lines = taken.map((each) => line(answer, characters, each, size > 0));
    groups.push({ lines, isTable: size > 0 });
    at += taken.length;
  }
  return groups;
}

/**
 * One for each document, in the order of their first numbers.
 * @param {Answer} answer
 * @returns {Section[][]}
 */
export function cardsOf(answer) {
  const tables = groupsOf(answer).filter((group) => group.isTable);
  const headers = tables.flatMap((group) => group.lines[0].numbers);
  return parted(answer.citations, (each) => each.document_id).map((cited) =>
    parted(cited, placeOf).map((citations) => sectionOf(citations, headers)),
  );
}

/**
 * The lines of a passage, less the heading that it begins with if its path ends so.
 * @param {Hit} hit
 * @returns {string}
 */
export function excerptOf(hit) {
  const lined = (/** @type {string} */ text) =>
    text.split("\n").map((line) => line.trim()).filter(Boolean);
  const ahead = hit.excerpt ? hit.excerpt.start - hit.start : 0;
  const rest = ahead > 0 ? Array.from(hit.text).slice(ahead).join("") : "";
  if (rest) return `… ${lined(rest).join("\n")}`;
  const words = (/** @type {string} */ text) => text.replace(/\s+/g, " ").trim();
  const lines = lined(hit.text);
  const repeated = lines.length > 1 && words(lines[0]) === words(hit.headings.at(-1) ?? "");
  return lines.slice(repeated ? 1 : 0).join("\n");
}

/**
 * Whether a cell is no longer than a date, which no line should break.
 * @param {Piece[]} cell
 */
export function isBrief(cell) {
  return Array.from(cell.map((piece) => piece.text).join("")).length <= BRIEF;
}

/**
 * The header of a table says nothing alone: one reads from what is under it.
 * @param {Citation[]} citations
 * @param {number[]} headers
 * @returns {Section}
 */
function sectionOf(citations, headers) {
  const telling = citations.find((each) => !headers.includes(each.number));
  return { citations, read: telling ?? citations[0] };
}

function placeOf(/** @type {Citation} */ citation) {
  const also = citation.also_in.map((place) => [place.document_id, place.start, place.end]);
  return JSON.stringify([citation.headings, citation.page, also]);
}

/**
 * Citations that have the same key together, in the order of the first of each.
 * @param {Citation[]} citations
 * @param {(citation: Citation) => string} key
 */
function parted(citations, key) {
  /** @type {Map<string, Citation[]>} */
  const found = new Map();
  for (const each of citations) {
    const shared = key(each);
    found.set(shared, [...(found.get(shared) ?? []), each]);
  }
  return [...found.values()];
}

/** How many segments from one on make a table; 0 where they make none. */
function tableSize(/** @type {Answer} */ answer, /** @type {number} */ from) {
  const first = answer.segments[from];
  const bars = barsIn(first.text);
  if (!bars) return 0;
  const origin = originOf(answer, first);
  let size = 0;
  for (const each of answer.segments.slice(from)) {
    if (originOf(answer, each) !== origin || barsIn(each.text) !== bars) break;
    size += 1;
  }
  return size > 1 ? size : 0;
}

function barsIn(/** @type {string} */ text) {
  return text.split(CELLS).length - 1;
}

/** The documents that hold a segment, and under which headings. */
function originOf(/** @type {Answer} */ answer, /** @type {Segment} */ segment) {
  const found = segment.citations.map((number) =>
    answer.citations.find((each) => each.number === number),
  );
  return JSON.stringify(found.map((each) => each && [each.document_id, each.headings]));
}

/**
 * @param {Answer} answer
 * @param {string[]} characters those of its text
 * @param {Segment} segment
 * @param {boolean} asRow
 * @returns {Line}
 */
function line(answer, characters, segment, asRow) {
  const spans = asRow ? cellSpans(segment) : [segment];
  const cells = spans.map((span) => pieces(answer.highlights, characters, span));
  return { cells, numbers: segment.citations };
}

function cellSpans(/** @type {Segment} */ segment) {
  let start = segment.start;
  return segment.text.split(CELLS).map((cell) => {
    const span = { start, end: start + Array.from(cell).length };
    start = span.end + CELLS.length;
    return span;
  });
}

/**
 * The characters of a span, cut where highlights begin and end. Offsets count code points,
 * as the service does, where JavaScript counts UTF-16 units.
 * @param {Span[]} highlights
 * @param {string[]} characters
 * @param {Span} span
 * @returns {Piece[]}
 */
function pieces(highlights, characters, span) {
  const marks = highlights
    .filter((each) => each.start < span.end && each.end > span.start)
    .map((each) => [Math.max(each.start, span.start), Math.min(each.end, span.end)]);
  const cuts = [...new Set([span.start, span.end, ...marks.flat()])].sort((a, b) => a - b);
  return cuts.slice(1).map((end, index) => ({
    text: characters.slice(cuts[index], end).join(""),
    marked: marks.some(([from, to]) => from <= cuts[index] && end <= to),
  }));
}
