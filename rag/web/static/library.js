// @ts-check
"use strict";

/** The library: what makes its page quicker than its plain forms are. */

import { Activity } from "./activity.js";
import { watchChanges } from "./changing.js";
import { watchDrops } from "./drops.js";
import { Jobs } from "./jobs.js";
import { Listing } from "./listing.js";
import { Uploads } from "./uploads.js";
import { read } from "./wording.js";

const listing = new Listing();
listing.watchSearch();

const form = document.getElementById("upload-form");
if (form instanceof HTMLFormElement) {
  const settings = read("library-data");
  const jobs = new Jobs(() => listing.refresh());
  const activity = new Activity(settings.stages);
  const uploads = new Uploads(form, jobs, activity, settings.file_bytes);
  activity.adopt(jobs);
  watchChanges(uploads, jobs, activity);
  watchDrops((files) => uploads.add(files), () => uploads.collection);
}
