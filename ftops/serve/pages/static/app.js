// On every page: how long ago, copying, and pages that keep themselves up to date.

const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const words = new Intl.RelativeTimeFormat("en", { numeric: "always", style: "short" });

export function ago(moment) {
  const seconds = (moment.getTime() - Date.now()) / 1000;
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  return Math.abs(seconds) < 1 ? "now" : words.format(Math.trunc(seconds / size), unit);
}

function tellTimes() {
  for (const one of document.querySelectorAll("time:not([data-clock])")) {
    one.title ||= one.textContent;
    const told = ago(new Date(one.dateTime));
    if (one.textContent !== told) one.textContent = told;
  }
}

async function copy(button) {
  const text = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "hidden";
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    button.focus();
  }
  button.classList.add("done");
  setTimeout(() => button.classList.remove("done"), 1500);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (button) copy(button);
});

document.getElementById("sign-out")?.addEventListener("click", async () => {
  await fetch("/api/session", { method: "DELETE" });
  location.reload();
});

let shown = null;

async function refresh(live) {
  const asked = { headers: { Accept: "text/html" }, cache: "no-cache" };
  const answer = await fetch(location.href, asked).catch(() => null);
  if (!answer?.ok) return;
  const text = await answer.text();
  if (text === shown) return;
  shown = text;
  const page = new DOMParser().parseFromString(text, "text/html");
  for (const id of ["live", "seen"]) swap(document.getElementById(id), page.getElementById(id));
  tellTimes();
}

function swap(old, fresh) {
  if (!old || !fresh) return;
  const held = document.activeElement;
  const within = old.contains(held) ? place(old, held) : -1;
  old.replaceChildren(...fresh.childNodes);
  if (within >= 0) old.querySelectorAll("a, button, summary, [tabindex]")[within]?.focus();
}

function place(old, held) {
  return [...old.querySelectorAll("a, button, summary, [tabindex]")].indexOf(held);
}

const live = document.getElementById("live");
const every = Number(live?.dataset.live ?? 0);
if (every) {
  setInterval(() => {
    const reading = String(getSelection()) || live.querySelector("details[open]");
    if (document.visibilityState === "visible" && !reading) refresh(live);
  }, every * 1000);
}

tellTimes();
setInterval(tellTimes, 1000);
