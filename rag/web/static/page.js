// @ts-check
"use strict";

import { say } from "./wording.js";

const root = document.documentElement;
const button = document.getElementById("theme-switch");
const system = matchMedia("(prefers-color-scheme: dark)");

/** @returns {"light" | "dark"} */
function theme() {
  const chosen = root.dataset.theme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return system.matches ? "dark" : "light";
}

function label() {
  const key = theme() === "dark" ? "page.script.theme_light" : "page.script.theme_dark";
  button?.setAttribute("aria-label", say(key));
  button?.setAttribute("title", say(key));
}

function change() {
  const next = theme() === "dark" ? "light" : "dark";
  root.dataset.still = "";
  root.dataset.theme = next;
  // Colours that glide, each at its pace, would flicker.
  requestAnimationFrame(() => requestAnimationFrame(() => delete root.dataset.still));
  try {
    localStorage.setItem("sourcier.theme", next);
  } catch {
    // It then lasts as long as the page.
  }
  label();
}

/** A conversation is named by the part of the address that the service is not told. */
function keepPlace(/** @type {Event} */ event) {
  if (event.currentTarget instanceof HTMLAnchorElement) event.currentTarget.hash = location.hash;
}

for (const link of document.querySelectorAll(".site-tools a[hreflang]")) {
  for (const type of ["click", "auxclick", "contextmenu"]) link.addEventListener(type, keepPlace);
}
button?.addEventListener("click", change);
system.addEventListener("change", label);
label();
