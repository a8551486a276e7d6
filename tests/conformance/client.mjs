// The official Node client against the server at TEST_API_BASE_URL: what its users do, end to end.
import assert from "node:assert/strict";
import OpenAI, { NotFoundError, toFile } from "openai";

const client = new OpenAI({
  baseURL: process.env.TEST_API_BASE_URL,
  apiKey: "any",
  maxRetries: 0,
});
const rows = process.env.ROWS;
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

async function until(holds) {
  for (const patience = Date.now() + 60_000; ; await pause(50)) {
    const found = await holds();
    if (found) return found;
    assert.ok(Date.now() < patience, "waited in vain");
  }
}

const state = async (id) => (await client.fineTuning.jobs.retrieve(id)).status;
const reaches = (id, wanted) => until(async () => (await state(id)) === wanted);
const collected = async (pages) => {
  const found = [];
  for await (const one of pages) found.push(one);
  return found;
};
const begin = (training_file, hyperparameters) =>
  client.fineTuning.jobs.create({ model: "gpt-4o-mini", training_file, hyperparameters, seed: 1 });

const checks = {
  async "a file is uploaded and read back"() {
    const file = await client.files.create({
      file: await toFile(Buffer.from(rows), "rows.jsonl"),
      purpose: "fine-tune",
    });
    assert.equal(file.bytes, Buffer.byteLength(rows));
    assert.equal(await (await client.files.content(file.id)).text(), rows);
    this.file = file.id;
  },
  async "a file arrives in parts"() {
    const bytes = Buffer.from(rows);
    const upload = await client.uploads.create({
      filename: "rows.jsonl",
      purpose: "fine-tune",
      bytes: bytes.length,
      mime_type: "text/jsonl",
    });
    const part_ids = [];
    for (const piece of [bytes.subarray(0, 500), bytes.subarray(500)]) {
      const part = await client.uploads.parts.create(upload.id, { data: await toFile(piece, "part") });
      part_ids.push(part.id);
    }
    const done = await client.uploads.complete(upload.id, { part_ids });
    assert.equal(done.status, "completed");
    assert.equal(await (await client.files.content(done.file.id)).text(), rows);
    this.second = done.file.id;
  },
  async "files are listed page by page"() {
    const listed = await collected(client.files.list({ limit: 1 }));
    assert.deepEqual(listed.map((one) => one.id), [this.second, this.file]);
  },
  async "a job trains and names its model"() {
    const job = await begin(this.file, { n_epochs: 4 });
    await reaches(job.id, "succeeded");
    const done = await client.fineTuning.jobs.retrieve(job.id);
    assert.match(done.fine_tuned_model, /^ft:ftops-nano:local::/);
    this.job = job.id;
    this.model = done.fine_tuned_model;
  },
  async "its events have no gap and no repeat"() {
    const all = await collected(client.fineTuning.jobs.listEvents(this.job, { limit: 3 }));
    assert.equal(new Set(all.map((one) => one.id)).size, all.length);
    const steps = all.filter((one) => one.type === "metrics").map((one) => one.data.step);
    assert.deepEqual(steps, [8, 7, 6, 5, 4, 3, 2, 1]);
  },
  async "the last three checkpoints are kept"() {
    const kept = await collected(client.fineTuning.jobs.checkpoints.list(this.job, { limit: 1 }));
    assert.deepEqual(kept.map((one) => one.step_number), [8, 6, 4]);
  },
  async "the model is among the models"() {
    const ids = (await collected(client.models.list())).map((one) => one.id);
    assert.ok(ids.includes(this.model));
    assert.equal((await client.models.retrieve(this.model)).id, this.model);
  },
  async "an answer comes whole"() {
    const answer = await client.chat.completions.create({
      model: this.model,
      messages: [{ role: "user", content: "question 3" }],
    });
    assert.equal(answer.choices[0].message.content, "answer 3 is 9");
  },
  async "an answer comes as a stream"() {
    const stream = await client.chat.completions.create({
      model: this.model,
      messages: [{ role: "user", content: "question 3" }],
      stream: true,
    });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? "";
    assert.equal(text, "answer 3 is 9");
  },
  async "a response comes as a stream"() {
    const stream = client.responses.stream({ model: this.model, input: "question 3" });
    assert.equal((await stream.finalResponse()).output_text, "answer 3 is 9");
  },
  async "a job pauses and goes on"() {
    const job = await begin(this.file, { n_epochs: 10, learning_rate_multiplier: 0.05 });
    await reaches(job.id, "running");
    await client.fineTuning.jobs.pause(job.id);
    await reaches(job.id, "paused");
    await client.fineTuning.jobs.resume(job.id);
    await reaches(job.id, "succeeded");
  },
  async "a job is cancelled"() {
    const job = await begin(this.file, { n_epochs: 50, learning_rate_multiplier: 0.2 });
    await reaches(job.id, "running");
    await client.fineTuning.jobs.cancel(job.id);
    await reaches(job.id, "cancelled");
  },
  async "what is not there is a NotFoundError with its code"() {
    await assert.rejects(client.fineTuning.jobs.retrieve("ftjob-no"), (error) => {
      assert.ok(error instanceof NotFoundError);
      assert.equal(error.code, "fine_tune_not_found");
      return true;
    });
  },
  async "a deleted model is gone"() {
    assert.equal((await client.models.delete(this.model)).deleted, true);
    await assert.rejects(client.models.retrieve(this.model), NotFoundError);
    await assert.rejects(
      client.chat.completions.create({
        model: this.model,
        messages: [{ role: "user", content: "hi" }],
      }),
      { code: "model_not_found" },
    );
  },
  async "a deleted file is gone"() {
    assert.equal((await client.files.delete(this.file)).deleted, true);
    await assert.rejects(client.files.retrieve(this.file), NotFoundError);
  },
};

const made = {};
for (const [name, check] of Object.entries(checks)) {
  await check.call(made);
  console.log(`ok ${name}`);
}
