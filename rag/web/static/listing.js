// @ts-check
"use strict";

/** The list of documents, kept up to date with what the service would send of it. */

const REGIONS = ["library-head", "shelves", "documents", "skipped", "history"];
const PAUSE = 250;

export class Listing {
  constructor() {
    this.url = location.pathname + location.search;
    /** @type {AbortController | null} */
    this.loading = null;
  }

  /** Search as words are typed, and sort as soon as an order is chosen. */
  watchSearch() {
    const form = document.getElementById("library-search");
    if (!(form instanceof HTMLFormElement)) return;
    let timer = 0;
    const later = (/** @type {number} */ pause) => {
      clearTimeout(timer);
      timer = setTimeout(() => this.show(address(form)), pause);
    };
    form.addEventListener("input", () => later(PAUSE));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      later(0);
    });
  }

  /**
   * Show what is at another address of the list.
   * @param {string} url
   */
  async show(url) {
    if (url === this.url) return;
    this.url = url;
    history.replaceState(null, "", url);
    if (await this.refresh()) announce(document.getElementById("documents-count")?.textContent);
  }

  /**
   * Show what is there now.
   * @returns {Promise<boolean>} whether it could be
   */
  async refresh() {
    this.loading?.abort();
    const loading = (this.loading = new AbortController());
    document.getElementById("documents")?.classList.add("is-loading");
    try {
      const headers = { Accept: "text/html" };
      const response = await fetch(this.url, { headers, signal: loading.signal });
      if (!response.ok) throw new Error(String(response.status));
      swap(new DOMParser().parseFromString(await response.text(), "text/html"));
      return true;
    } catch (error) {
      if (!loading.signal.aborted) location.assign(this.url);
      return false;
    }
  }
}

/**
 * Have a screen reader say something, once what it was saying is said.
 * @param {string | null | undefined} text
 */
export function announce(text) {
  const status = document.getElementById("library-said");
  if (status && text) status.textContent = text;
}

/** @param {HTMLFormElement} form */
function address(form) {
  const asked = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    const text = String(value).trim();
    if (text && !(name === "sort" && text === "title")) asked.set(name, text);
  }
  return asked.size ? `${form.action}?${asked}`.slice(location.origin.length) : "/documents";
}

/**
 * Put the regions of a page in the place of this page's; what was open or focused stays so.
 * @param {Document} page
 */
function swap(page) {
  for (const id of REGIONS) {
    const before = document.getElementById(id);
    const after = page.getElementById(id);
    if (!before || !after) continue;
    const focused = before.contains(document.activeElement) ? document.activeElement : null;
    const opened = before.querySelector("details")?.open ?? false;
    before.replaceWith(document.adoptNode(after));
    const details = after.querySelector("details");
    if (details) details.open = opened;
    if (focused) focusLike(focused, after);
  }
}

/**
 * @param {Element} former
 * @param {Element} region
 */
function focusLike(former, region) {
  const href = former.getAttribute("href");
  const same = href ? region.querySelector(`[href="${CSS.escape(href)}"]`) : null;
  const next = same ?? region.querySelector("summary") ?? document.getElementById("documents-count");
  if (next instanceof HTMLElement) next.focus({ preventScroll: true });
}
