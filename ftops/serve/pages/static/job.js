// A job's curves, and while it runs its progress and its log as they come.

const job = document.getElementById("job");
const API = `/api/llm/fine-tuning/jobs/${job.dataset.job}`;
const LABELS = {
  train_loss: "train", valid_loss: "validation", full_valid_loss: "whole validation",
  train_lm_loss: "language model", train_mean_token_accuracy: "train",
  valid_mean_token_accuracy: "validation", full_valid_mean_token_accuracy: "whole validation",
};
const DASHES = [[], [6, 4], [2, 3], [10, 3, 2, 3]];

const curves = new Map();
const checkpoints = new Set(job.dataset.checkpoints.split(" ").filter(Boolean).map(Number));
const charts = new Map();

function add(name, step, value) {
  if (!(name in LABELS) || !Number.isFinite(value)) return false;
  if (!curves.has(name)) curves.set(name, new Map());
  curves.get(name).set(step, value);
  return true;
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function tableOf(names) {
  const steps = [...new Set(names.flatMap((name) => [...curves.get(name).keys()]))];
  steps.sort((one, other) => one - other);
  return [steps, ...names.map((name) => steps.map((step) => curves.get(name).get(step) ?? null))];
}

function mark(plot) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour("--soft");
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([3 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.textAlign = "center";
  ctx.font = `${10 * devicePixelRatio}px system-ui, sans-serif`;
  for (const step of checkpoints) {
    const x = Math.round(plot.valToPos(step, "x", true));
    if (x < bbox.left || x > bbox.left + bbox.width + 1) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillText("▼", x, bbox.top - 2 * devicePixelRatio);
  }
  ctx.restore();
}

function optionsFor(names, width) {
  const axis = { stroke: colour("--soft"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1 } };
  return {
    width,
    height: 250,
    padding: [14, 8, 0, 0],
    cursor: { points: { size: 7 } },
    scales: { x: { time: false } },
    axes: [{ ...axis, label: "step", labelSize: 18 }, { ...axis, size: 52 }],
    series: [
      { label: "step" },
      ...names.map((name, at) => ({
        label: LABELS[name],
        stroke: colour(`--curve-${at + 1}`),
        width: 2,
        dash: DASHES[at],
        spanGaps: true,
        points: { show: curves.get(name).size < 40, size: 5 },
        value: (_, value) => (value == null ? "–" : value.toFixed(4)),
      })),
    ],
    hooks: { draw: [mark] },
  };
}

function draw() {
  for (const place of document.querySelectorAll(".chart")) {
    const names = place.dataset.measures.split(" ").filter((name) => curves.has(name));
    const old = charts.get(place);
    if (old?.names === names.join(" ")) {
      old.plot.setData(tableOf(names));
      continue;
    }
    old?.plot.destroy();
    charts.delete(place);
    place.replaceChildren();
    if (!names.length) {
      const none = document.createElement("p");
      none.className = "chart-none";
      none.textContent = job.dataset.over === "yes" ? "not measured by this job" : "nothing measured yet";
      place.append(none);
      continue;
    }
    const plot = new uPlot(optionsFor(names, place.clientWidth), tableOf(names), place);
    charts.set(place, { plot, names: names.join(" ") });
  }
}

function redraw() {
  for (const { plot } of charts.values()) plot.destroy();
  charts.clear();
  draw();
}

let due = 0;
function drawSoon() {
  due ||= requestAnimationFrame(() => { due = 0; draw(); });
}

function show(id, text) {
  const place = document.getElementById(id);
  if (place && text != null) place.textContent = text;
}

function tell(view) {
  document.getElementById("progress").value = view.progress;
  show("percent", `${view.progress}%`);
  if (view.step != null) show("step", view.total_steps ? `${view.step.toLocaleString("en")} of ${view.total_steps.toLocaleString("en")}` : view.step);
  const losses = { train_loss: view.metrics.train_loss, valid_loss: view.metrics.full_valid_loss ?? view.metrics.valid_loss };
  for (const [name, value] of Object.entries(losses)) if (value != null) show(name, value.toFixed(4));
  if (view.estimated_finish) {
    const time = document.createElement("time");
    time.dateTime = view.estimated_finish;
    time.textContent = `${new Date(view.estimated_finish).toISOString().slice(11, 16)} UTC`;
    document.getElementById("ends").replaceChildren(time);
  }
}

const known = new Set([...document.querySelectorAll("#lines li")].map((line) => decodeURIComponent(line.dataset.id)));
const lines = document.getElementById("lines");

function log(event) {
  const step = event.measured.step;
  let drawn = false;
  for (const [name, value] of Object.entries(event.measured)) drawn = add(name, step, value) || drawn;
  const made = /\bcheckpoint\b.*?\bstep (\d+)/i.exec(event.message);
  if (made) checkpoints.add(Number(made[1]));
  if (drawn || made) drawSoon();
  if (known.has(event.id)) return;
  known.add(event.id);
  document.getElementById("no-lines")?.remove();
  const line = document.createElement("li");
  if (/^\w+$/.test(event.level)) line.className = event.level;
  const at = document.createElement("time");
  at.dateTime = event.created_at;
  at.dataset.clock = "";
  at.textContent = new Date(event.created_at).toISOString().slice(11, 19);
  const said = document.createElement("span");
  said.textContent = event.message;
  line.append(at, " ", said);
  const following = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 40;
  lines.append(line);
  if (following) lines.scrollTop = lines.scrollHeight;
}

function follow() {
  const stream = new EventSource(`${API}/events`);
  const on = (kind, act) => stream.addEventListener(kind, (event) => act(JSON.parse(event.data)));
  on("job", tell);
  on("log", log);
  on("end", () => {
    stream.close();
    location.reload();
  });
}

async function load() {
  const answer = await fetch(`${API}/metrics`);
  if (answer.ok) {
    for (const { name, points } of (await answer.json()).series) {
      for (const [step, value] of points) add(name, step, value);
    }
  }
  draw();
}

lines.scrollTop = lines.scrollHeight;
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === width) return;
  width = innerWidth;
  redraw();
});
await load();
if (job.dataset.over === "no") follow();
