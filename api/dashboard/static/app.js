// Live parts, choosing rows and the keyboard. Every page works without it.
"use strict";

const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

// --- Live parts: an element with data-live="SECONDS" and an id asks its page for itself. ---

let paused = false;

const folds = (part) => $$("details[id]", part);
const chosen = (part) => $$("input[type=checkbox]:checked", part).map((each) => each.value);

async function refresh(part) {
  const answer = await fetch(location.href, { headers: { "x-live": "1" }, cache: "no-store" });
  if (answer.redirected || answer.status === 401 || answer.status === 403) location.reload();
  if (!answer.ok) throw new Error(answer.status);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
  // A part that somebody paused, or is choosing or typing in, is left as it is.
  if (!fresh || paused || part.contains($("input:focus, select:focus, textarea:focus"))) return part;
  if (fresh.innerHTML === part.innerHTML && fresh.dataset.live === part.dataset.live) return part;
  const ticked = chosen(part), focus = document.activeElement;
  const holder = part.contains(focus) ? focus.closest("[id]").id : null;
  const place = holder && $$("a, button, summary", document.getElementById(holder)).indexOf(focus);
  for (const fold of folds(fresh)) { const before = folds(part).find((each) => each.id === fold.id); if (before) fold.open = before.open; }
  for (const box of $$("input[type=checkbox]", fresh)) box.checked = ticked.includes(box.value);
  part.replaceWith(fresh);
  if (holder) { const again = document.getElementById(holder); if (again) ($$("a, button, summary", again)[place] || fresh).focus(); }
  if (fresh.dataset.says && fresh.dataset.says !== part.dataset.says) $("#announcer").textContent = fresh.dataset.says;
  enliven(fresh);
  return fresh;
}

function watch(part, failures = 0) {
  const seconds = Number(part.dataset.live);
  if (!seconds) return;
  setTimeout(async () => {
    if (paused || document.hidden) return watch(part);
    try { watch(await refresh(part)); } catch { watch(part, failures + 1); }
  }, seconds * 1000 * Math.min(2 ** failures, 16));
}

for (const button of $$("[data-pause]")) {
  button.hidden = !$("[data-live]");
  button.addEventListener("click", () => {
    paused = !paused;
    button.setAttribute("aria-pressed", paused);
    button.textContent = paused ? "Go on" : "Pause";
  });
}

const unfold = () => { const fold = location.hash && document.getElementById(location.hash.slice(1)); if (fold?.tagName === "DETAILS") fold.open = true; };
addEventListener("hashchange", unfold);
unfold();

// --- Choosing rows ---

function enliven(part) {
  for (const all of $$("[data-all]", part)) {
    const boxes = () => $$("tbody input[type=checkbox]", all.closest("table"));
    all.hidden = false;
    all.addEventListener("change", () => { for (const box of boxes()) box.checked = all.checked; count(); });
  }
  count();
}

function count() {
  for (const shown of $$("[data-count]")) {
    const number = $$(`input[form="${shown.dataset.count}"]:checked`).length;
    shown.textContent = number ? `${number} chosen` : "";
  }
}

addEventListener("change", count);

// --- The keyboard ---

const help = $("#shortcuts"), switched = $("#shortcuts-on");

const move = (step) => {
  const rows = $$("[data-row]"), at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + step))];
  if (next) $("a", next).focus();
};

const keys = {
  j: () => move(1),
  k: () => move(-1),
  x: () => document.activeElement.closest("[data-row]")?.querySelector("input[type=checkbox]")?.click(),
  "/": () => $("input[type=search]")?.focus(),
  "?": () => help.showModal(),
};

if (help) {
  switched.checked = localStorage.getItem("shortcuts") !== "off";
  switched.addEventListener("change", () => localStorage.setItem("shortcuts", switched.checked ? "on" : "off"));
  const opener = $("#shortcuts-open");
  opener.hidden = false;
  opener.addEventListener("click", () => help.showModal());
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input:not([type=checkbox], [type=radio]), select, textarea");
    if (typing) return void (event.key === "Escape" && typing.blur());
    if (!switched.checked || help.open || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });
}

addEventListener("submit", (event) => { const words = event.target.dataset.ask; if (words && !confirm(words)) event.preventDefault(); });
for (const shown of $$("[data-once]")) history.replaceState(null, "", shown.dataset.once);  // to load it again posts nothing
enliven(document);
for (const part of $$("[data-live]")) watch(part);
