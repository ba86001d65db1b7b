// @ts-check
"use strict";

import { read, say } from "./wording.js";

const ABOVE = 140;
/** How far down the window what was gone to still tells the section, in parts of it. */
const NEAR = 0.45;

/** The way back to a conversation that is still behind us keeps it as it was. */
function keepConversation() {
  const link = document.getElementById("back");
  const before = document.referrer && new URL(document.referrer);
  if (!link || !before || before.origin !== location.origin || before.pathname !== "/") return;
  const arrived = history.length;
  link.addEventListener("click", (event) => {
    // Each section that was gone to on this page is one more step back.
    const steps = history.length - arrived + 1;
    if (event.ctrlKey || event.metaKey || event.shiftKey || arrived < 2 || steps < 1) return;
    event.preventDefault();
    history.go(-steps);
  });
}

/** The outline says which section is being read. */
function followSections() {
  const outline = document.getElementById("outline");
  if (!(outline instanceof HTMLDetailsElement)) return;
  const wide = matchMedia("(width >= 64rem)");
  const open = () => (outline.open = wide.matches);
  wide.addEventListener("change", open);
  open();
  const sections = [...outline.querySelectorAll("a")].flatMap((link) => {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    return heading && link.getAttribute("href")?.startsWith("#") ? [{ link, heading }] : [];
  });
  let waiting = false;
  const look = () => {
    waiting = false;
    const line = lineRead();
    const above = sections.filter(({ heading }) => heading.getBoundingClientRect().top <= line);
    const current = above.at(-1);
    for (const section of sections) {
      if (section === current) section.link.setAttribute("aria-current", "true");
      else section.link.removeAttribute("aria-current");
    }
  };
  const soon = () => {
    if (!waiting) requestAnimationFrame(look);
    waiting = true;
  };
  addEventListener("scroll", soon, { passive: true });
  addEventListener("hashchange", soon);
  addEventListener("resize", soon);
  look();
}

/**
 * How far down the window the text is being read. What was gone to tells it as long as it is
 * in the upper part, or wherever it is seen where the page ends.
 */
function lineRead() {
  const top = document.querySelector(":target")?.getBoundingClientRect().top ?? -1;
  const atEnd = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
  return top >= 0 && top <= innerHeight * (atEnd ? 1 : NEAR) ? top : ABOVE;
}

/** The citation with its source and this address, for a letter or a note. */
function offerReference() {
  const button = document.getElementById("copy-reference");
  const state = document.getElementById("copy-state");
  button?.addEventListener("click", async () => {
    const text = `${read("reference").text}\n${location.href}`;
    const copied = (await copy(text)) ? "reading.script.copied" : "reading.script.not_copied";
    if (state) state.textContent = say(copied);
  });
}

/**
 * @param {string} text
 * @returns {Promise<boolean>} whether it is on the clipboard
 */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/**
 * Without https, browsers keep the clipboard to what is selected.
 * @param {string} text
 */
function copyBySelection(text) {
  const focused = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}

keepConversation();
followSections();
offerReference();
