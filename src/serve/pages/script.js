// What the pages do beyond links and forms: search while one types, move by keys, tick without
// leaving, copy, and show what changed. Without it everything but live search works.
"use strict";

const field = document.getElementById("q");
const SILENT = "The server does not answer.";
let asked = null;
// The content as it came: what the script does to it does not count as a change.
let shownText = document.querySelector("main").innerHTML;

// Fetches a page and puts its content in the place of this one's.
async function show(address, keepPlace) {
  asked?.abort();
  const mine = (asked = new AbortController());
  let text;
  try {
    const answer = await fetch(address, { signal: mine.signal, headers: { accept: "text/html" } });
    text = await answer.text();
  } catch (error) {
    if (error.name !== "AbortError") warn(SILENT);
    return false;
  }
  if (mine.signal.aborted) return false;
  warn("");
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.querySelector("main");
  const shown = document.querySelector("main");
  if (!fresh) return false;
  document.title = page.title;
  mark(page);
  if (fresh.innerHTML === shownText) return false;
  const place = keepPlace ? rememberPlace(shown) : null;
  shownText = fresh.innerHTML;
  shown.replaceChildren(...fresh.childNodes);
  prepare();
  if (place) returnTo(place, shown);
  return true;
}

// Marks in the navigation where one is.
function mark(page) {
  const current = page.querySelector("nav [aria-current]")?.getAttribute("href");
  for (const link of document.querySelectorAll(".top nav a")) {
    if (link.getAttribute("href") === current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

// Remembers what has the focus and which details are open.
function rememberPlace(main) {
  const focused = main.contains(document.activeElement) ? document.activeElement : null;
  const details = [...main.querySelectorAll("details")].map((one) => one.open);
  return { focused: focused && name(focused), details };
}

function name(element) {
  return [element.tagName, element.id, element.getAttribute("href"), element.getAttribute("aria-label")].join("\n");
}

function returnTo(place, main) {
  const details = [...main.querySelectorAll("details")];
  if (details.length === place.details.length) {
    details.forEach((one, number) => (one.open = place.details[number]));
  }
  if (!place.focused) return;
  const same = [...main.querySelectorAll("a, button, pre, summary")].find((one) => name(one) === place.focused);
  (same ?? main).focus({ preventScroll: true });
}

function tell(text) {
  document.getElementById("notice").textContent = text;
}

// Says something that everybody must see; an empty text takes it away.
function warn(text) {
  document.getElementById("trouble").textContent = text;
}

// What belongs to new content.
function prepare() {
  for (const button of document.querySelectorAll("button[data-copy]")) button.hidden = false;
}

// Searching while one types.

let waiting = 0;

function searchAddress() {
  const here = new URL(location.href);
  const parameters = here.pathname === "/search" ? here.searchParams : new URLSearchParams();
  parameters.delete("limit");
  if (field.value.trim()) parameters.set("q", field.value.trim());
  else parameters.delete("q");
  const query = parameters.toString();
  return "/search" + (query ? "?" + query : "");
}

field.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const address = searchAddress();
    if (location.pathname !== "/search") {
      if (!field.value.trim()) return;
      history.pushState(null, "", address);
    } else {
      history.replaceState(null, "", address);
    }
    show(address, false);
  }, 70);
});

addEventListener("popstate", async () => {
  await show(location.href, false);
  field.value = location.pathname === "/search" ? new URLSearchParams(location.search).get("q") ?? "" : "";
});

// Moving by keys.

const STOPS = "main a.what, main a.hit, main a.passage, main .card h3 a, main button.tick";

function move(step) {
  const stops = [...document.querySelectorAll(STOPS)].filter((one) => one.offsetParent !== null);
  const at = stops.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : -1) : at + step;
  if (next < 0) return field.focus();
  stops[Math.min(next, stops.length - 1)]?.focus();
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target;
  const isField = target === field;
  if (event.key === "/" && !isField) {
    field.focus();
    field.select();
  } else if (event.key === "Escape" && !isField) {
    field.focus();
  } else if (event.key === "ArrowDown" && (isField || target.matches(STOPS))) {
    move(1);
  } else if (event.key === "ArrowUp" && target.matches(STOPS)) {
    move(-1);
  } else if (event.key === "j" && !isField) {
    move(1);
  } else if (event.key === "k" && !isField) {
    move(-1);
  } else {
    return;
  }
  event.preventDefault();
});

// Ticking without leaving the page.

addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches(".tick-form")) return;
  event.preventDefault();
  const step = form.closest(".step");
  const id = form.elements.id.value;
  const isDone = step.classList.toggle("done");
  const forms = [...document.querySelectorAll(".tick-form")];
  const next = forms[forms.indexOf(form) + (isDone ? 1 : 0)]?.elements.id.value;
  const wrong = await send(form);
  if (wrong) {
    step.classList.toggle("done", !isDone);
    warn(wrong);
    return;
  }
  tell(isDone ? "Done." : "Open again.");
  await show(location.href, true);
  // On to the next step; behind the last one it stays where it is.
  const boxes = [...document.querySelectorAll(".tick-form")];
  const box = (wanted) => boxes.find((one) => one.elements.id.value === wanted)?.querySelector("button");
  (box(next) ?? box(id) ?? document.querySelector("main")).focus({ preventScroll: true });
});

// Sends the form of a box. Returns what went wrong.
async function send(form) {
  let answer, text;
  try {
    answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    text = await answer.text();
  } catch {
    return SILENT + " Whether this was written shows when it answers again.";
  }
  if (answer.ok) {
    // It leads back here, and says what was ticked: that stays until one leaves.
    history.replaceState(null, "", answer.url);
    return "";
  }
  if (answer.status === 401 || answer.status === 403) {
    return "Not written: this browser is not signed in any more. Open the link that mx serve prints last.";
  }
  const said = new DOMParser().parseFromString(text, "text/html").querySelector("main .prose p");
  return "Not written: " + (said?.textContent ?? "the server says " + answer.status) + ".";
}

// Copying.

addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(source);
    button.textContent = "Selected";
  }
  setTimeout(() => (button.textContent = "Copy"), 2000);
});

// What other processes write.

let refreshing = 0;

function refresh() {
  clearTimeout(refreshing);
  refreshing = setTimeout(async () => {
    // Not while one marks a text: it would be lost.
    if (!getSelection().isCollapsed) return refresh();
    if (await show(location.href, true)) tell("Updated.");
  }, 200);
}

prepare();

// A hidden page listens to nothing: a browser opens only a few connections to one server.
let changes = null;

function listen(wasAway) {
  changes?.close();
  changes = document.hidden ? null : new EventSource("/api/v1/events");
  changes?.addEventListener("change", refresh);
  // What happened meanwhile was not heard.
  let isAgain = wasAway;
  changes?.addEventListener("open", () => {
    if (isAgain) refresh();
    isAgain = true;
  });
}

document.addEventListener("visibilitychange", () => listen(true));
listen(false);
