// @ts-check
"use strict";

/** Pieces of the page: found, copied from its templates, made. */

/**
 * The first element that a selector finds.
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {HTMLElement}
 * @throws {Error} there is none
 */
export function one(selector, within = document) {
  const found = within.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`No ${selector}`);
  return found;
}

/**
 * A copy of what a `<template>` of the page holds.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function clone(id) {
  const template = /** @type {HTMLTemplateElement} */ (one(`template#${id}`));
  const copy = template.content.firstElementChild?.cloneNode(true);
  if (!(copy instanceof HTMLElement)) throw new Error(`Nothing in ${id}`);
  return document.adoptNode(copy);
}

/**
 * A copy of a part of the page's sample answers.
 * @param {string} selector
 * @param {"answered" | "possible" | "silent"} [of]
 * @returns {HTMLElement}
 */
export function sample(selector, of = "answered") {
  const template = /** @type {HTMLTemplateElement} */ (one(`template#${of}`));
  const copy = one(selector, template.content).cloneNode(true);
  return /** @type {HTMLElement} */ (document.adoptNode(copy));
}

/**
 * A new element. Texts stay texts, whatever signs they have.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/**
 * Have a button do something.
 * @param {Element} button
 * @param {() => void} action
 */
export function press(button, action) {
  button.addEventListener("click", action);
}
