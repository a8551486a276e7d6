// Asks one model, or two side by side; answers come as they are said, and are shown as text only.

const form = document.getElementById("ask");
const stop = document.getElementById("stop");
let asking = null;

function question() {
  const held = new FormData(form);
  const system = held.get("system").trim();
  return JSON.stringify({
    prompt: held.get("prompt"),
    ...(system && { system }),
    temperature: Number(held.get("temperature")),
    max_tokens: Number(held.get("max_tokens")),
    stream: true,
  });
}

async function* eventsOf(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const pieces = (rest + value).split("\n\n");
    rest = pieces.pop();
    for (const piece of pieces) {
      const kind = /^event: (.*)$/m.exec(piece)?.[1];
      const told = /^data: (.*)$/m.exec(piece)?.[1];
      if (kind && told) yield [kind, JSON.parse(told)];
    }
  }
}

function refuse(place, error) {
  place.classList.add("error");
  place.textContent = error.hint ? `${error.message}\n${error.hint}` : error.message;
}

function sum(answer) {
  const { usage, latency_ms: latency } = answer;
  const cost = usage.usd == null ? "no price known" : `$${usage.usd.toFixed(6)}`;
  return `${usage.prompt_tokens} + ${usage.completion_tokens} tokens · ${latency.toLocaleString("en")} ms · ${cost}`;
}

async function ask(box, body, signal) {
  const said = box.querySelector(".said");
  const meta = box.querySelector(".meta");
  said.classList.remove("error");
  said.textContent = "";
  meta.hidden = true;
  box.classList.add("asking");
  try {
    const answer = await fetch(`/api/llm/models/${box.dataset.model}/test`, {
      method: "POST", body, signal,
      headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
    });
    if (!answer.ok) return refuse(said, (await answer.json()).error);
    for await (const [kind, told] of eventsOf(answer)) {
      if (kind === "piece") said.append(told.text);
      if (kind === "error") refuse(said, told.error);
      if (kind === "answer") {
        if (!said.textContent) said.textContent = told.response || "(it said nothing)";
        meta.textContent = sum(told);
        meta.hidden = false;
      }
    }
  } catch (error) {
    if (error.name !== "AbortError") refuse(said, { message: "the server cannot be reached" });
  } finally {
    box.classList.remove("asking");
  }
}

async function askAll(event) {
  event?.preventDefault();
  if (asking || !form.reportValidity()) return;
  asking = new AbortController();
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  stop.hidden = false;
  const body = question();
  await Promise.all([...document.querySelectorAll(".answer")].map((box) => ask(box, body, asking.signal)));
  asking = null;
  button.disabled = false;
  stop.hidden = true;
}

form?.addEventListener("submit", askAll);
form?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) askAll(event);
});
stop?.addEventListener("click", () => asking?.abort());
