// @ts-check
"use strict";

import { language, say } from "./wording.js";

const near = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const DAY = 86_400_000;

/**
 * A date in words from ISO 8601; a year or a month alone, as it is said. What is no such
 * date comes back as it was given.
 * @param {string} iso
 */
export function dateInWords(iso) {
  const found = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?![\d-])/.exec(iso);
  if (!found) return iso;
  const [year, months, days] = found.slice(1).map((part) => (part ? String(Number(part)) : null));
  if (!year || months === null) return year ?? iso;
  if (Number(months) < 1 || Number(months) > 12) return iso;
  const month = say(`common.month_${months}`);
  if (days === null) return say("common.month_year", { month, year });
  if (Number(days) < 1 || Number(days) > 31) return iso;
  const key = days === "1" ? "common.first_of_month" : "common.day_month_year";
  return say(key, { day: days, month, year });
}

/**
 * When something happened here: the time where it was today, or else the day.
 * @param {string} iso a moment
 */
export function whenInWords(iso) {
  const then = new Date(iso);
  if (Number.isNaN(then.getTime())) return "";
  const days = Math.round((midnight(new Date()) - midnight(then)) / DAY);
  if (days <= 0) return time.format(then);
  return days < 7 ? near.format(-days, "day") : dateInWords(localDay(then));
}

/**
 * The day of a moment here, as a date.
 * @param {Date} then
 */
export function localDay(then) {
  const parts = [then.getFullYear(), then.getMonth() + 1, then.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
}

function midnight(/** @type {Date} */ then) {
  return new Date(then.getFullYear(), then.getMonth(), then.getDate()).getTime();
}
