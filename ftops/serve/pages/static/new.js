// Sends the draft to be judged, and shows what was found; nothing is kept anywhere.

const form = document.getElementById("draft");
const busy = document.getElementById("busy");
const found = document.getElementById("judgement");
const files = new Map();

function element(tag, parts = {}, ...children) {
  const made = Object.assign(document.createElement(tag), parts);
  made.append(...children.filter((one) => one != null));
  return made;
}

function take(side, file) {
  if (!file) return;
  const told = document.getElementById(`${side}-told`);
  if (file.size > Number(form.dataset.largest)) {
    told.textContent = `${file.name} is too large for this page; ftops validate takes any size`;
    return;
  }
  file.text().then((text) => {
    const field = form.elements[side];
    files.set(side, text);
    told.textContent = `${file.name}, ${file.size.toLocaleString("en")} bytes`;
    const shown = text.length > 200_000;
    field.value = shown ? "" : text;
    field.placeholder = shown ? `${file.name} is too long to be shown, and is sent whole` : "";
  });
}

for (const box of document.querySelectorAll(".drop")) {
  const { side } = box.dataset;
  const over = (event) => { event.preventDefault(); box.classList.add("over"); };
  box.addEventListener("dragover", over);
  box.addEventListener("dragleave", () => box.classList.remove("over"));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    box.classList.remove("over");
    take(side, event.dataTransfer.files[0]);
  });
  document.getElementById(`${side}-file`).addEventListener("change", (event) => take(side, event.target.files[0]));
  form.elements[side].addEventListener("input", () => files.delete(side));
}

const rowsOf = (side) => files.get(side) ?? form.elements[side].value;

function draft() {
  const text = (name) => form.elements[name].value.trim();
  const numbers = ["n_epochs", "batch_size", "learning_rate_multiplier"].filter(text);
  return {
    name: text("name"),
    model: text("model"),
    method: text("method"),
    ...(text("suffix") && { suffix: text("suffix") }),
    ...(text("seed") && { seed: Number(text("seed")) }),
    hyperparameters: Object.fromEntries(numbers.map((name) => [name, Number(text(name))])),
    training: rowsOf("training"),
    ...(rowsOf("validation").trim() && { validation: rowsOf("validation") }),
  };
}

function fact(name, value) {
  return element("div", {}, element("dt", { textContent: name }), element("dd", { textContent: value }));
}

function finding(side, one) {
  const place = [side, one.line && `line ${one.line}`, one.column && `column ${one.column}`].filter(Boolean).join(", ");
  const tone = one.severity === "error" ? "bad" : "warn";
  return element("li", {},
    element("span", { className: `badge ${tone}`, textContent: `${tone === "bad" ? "✕" : "!"} ${one.severity}` }), " ",
    element("strong", { textContent: place }), " ",
    element("code", { textContent: one.code }), " ",
    element("span", { textContent: [one.where, one.message].filter(Boolean).join(": ") }),
    one.hint && element("div", { className: "quiet", textContent: one.hint }),
    one.excerpt && element("pre", { textContent: one.excerpt }));
}

function copyButton(text, label) {
  const button = element("button", { type: "button", className: "copy", title: label });
  button.dataset.copy = text;
  button.setAttribute("aria-label", label);
  return button;
}

function file(path, content) {
  const save = element("a", { className: "button small", download: path.split("/").at(-1), textContent: "Download" });
  save.href = URL.createObjectURL(new Blob([content], { type: "text/plain" }));
  const cut = content.length > 1500 ? `${content.slice(0, 1500)}…` : content;
  return element("div", { className: "file" },
    element("div", { className: "headline" }, element("code", { textContent: path }),
      element("span", { className: "copied" }, copyButton(content, `Copy ${path}`), save)),
    element("pre", { textContent: cut, tabIndex: 0 }));
}

function command(text) {
  return element("div", { className: "command" }, element("code", { textContent: text }), copyButton(text, "Copy this command"));
}

function card(title, ...children) {
  return element("section", { className: "card" }, element("h2", { textContent: title }), ...children);
}

function show(told) {
  const [training, validation] = told.sides;
  const about = training.tokens_exact && !told.epochs_assumed ? "" : "about ";
  const count = (side) => `${side.examples.toLocaleString("en")} rows, ${side.tokens_exact ? "" : "~"}${side.tokens.toLocaleString("en")} tokens`;
  const money = told.usd == null ? "no price known" : `${about}$${told.usd.toFixed(told.usd && told.usd < 0.01 ? 4 : 2)}`;
  const facts = element("dl", { className: "facts" },
    fact("Training", count(training)), validation && fact("Validation", count(validation)),
    fact("Epochs", told.epochs_assumed ? `${told.epochs} (auto)` : told.epochs),
    fact("Trained tokens", `${about}${told.trained_tokens.toLocaleString("en")}`), fact("Cost", money));
  const findings = told.sides.flatMap((side) => side.findings.map((one) => finding(side.side, one)));
  const omitted = told.sides.reduce((sum, side) => sum + side.omitted, 0);
  const errors = told.sides.reduce((sum, side) => sum + side.errors, 0);
  found.replaceChildren(
    element("p", { className: `note ${told.is_legal ? "good" : "bad"}`, textContent: told.is_legal
      ? "✓ This can be trained on. Commit the files below, and review the plan."
      : `✕ ${errors.toLocaleString("en")} error${errors === 1 ? "" : "s"}: a provider would refuse this data.` }),
    card("What it comes to", facts),
    ...(findings.length ? [card("Findings", element("ul", { className: "findings" }, ...findings),
      omitted ? element("p", { className: "quiet", textContent: `${omitted.toLocaleString("en")} more are not shown.` }) : null)] : []),
  );
  if (told.is_legal) {
    found.append(card("Files to commit", file(told.spec_path, told.spec),
      ...told.sides.map((side) => file(side.path, ended(rowsOf(side.side))))));
    found.append(card("Then", ...told.commands.map(command)));
  }
  found.hidden = false;
  found.focus();
  found.scrollIntoView({ block: "start" });
}

const ended = (text) => (text.endsWith("\n") ? text : `${text}\n`);

function refuse(message) {
  found.replaceChildren(element("p", { className: "note bad", textContent: message }));
  found.hidden = false;
  found.focus();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!form.reportValidity()) return;
  if (!rowsOf("training").trim()) {
    refuse("There are no training rows yet: paste them, or drop a .jsonl file.");
    return;
  }
  busy.textContent = "checking…";
  const answer = await fetch("/new/check", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(draft()),
  }).catch(() => null);
  busy.textContent = "";
  if (!answer) refuse("The server cannot be reached.");
  else if (answer.ok) show(await answer.json());
  else refuse((await answer.json()).error.message);
});
