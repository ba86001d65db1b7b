// Before anything is drawn: the appearance that was chosen, and the word that scripts run.
(() => {
  "use strict";
  const root = document.documentElement;
  root.dataset.js = "";
  try {
    const chosen = localStorage.getItem("sourcier.theme");
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  } catch {
    // Storage may be refused: the system's appearance stands.
  }
})();
