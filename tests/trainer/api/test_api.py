"""The life of files, jobs and models, seen through the official client."""

import csv
import io
import shutil
import socket
from concurrent.futures import ThreadPoolExecutor

import openai
import pytest

from ftops.trainer.settings import Settings
from tests.trainer.api.asking import ended, messages, trained
from tests.trainer.conftest import wait_until
from tests.trainer.counting_recipe import DECLINES
from tests.trainer.rows import chat_rows, preference_rows


def test_a_rehearsal_from_upload_to_answer(client: openai.OpenAI, training_file: str) -> None:
    validation = client.files.create(file=("valid.jsonl", chat_rows(2)), purpose="fine-tune")
    job = client.fine_tuning.jobs.create(
        model="gpt-4.1-mini-2025-04-14",
        training_file=training_file,
        validation_file=validation.id,
        method={"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 4}}},
        suffix="support",
        seed=5,
        metadata={"who": "me"},
    )
    assert job.id.startswith("ftjob-")
    assert job.status == "validating_files"
    wait_until(lambda: ended(client, job.id))
    done = client.fine_tuning.jobs.retrieve(job.id)

    assert (done.status, done.error, done.model) == ("succeeded", None, "gpt-4.1-mini-2025-04-14")
    assert done.fine_tuned_model is not None
    assert done.fine_tuned_model.startswith("ft:ftops-nano:local:support:")
    assert (done.seed, done.metadata, done.trained_tokens) == (5, {"who": "me"}, 4000)
    assert done.finished_at is not None
    assert done.finished_at >= done.created_at
    assert done.estimated_finish is None
    assert done.hyperparameters.n_epochs == 4
    assert done.hyperparameters.batch_size == 5
    assert done.method is not None
    assert done.method.supervised is not None
    assert done.method.supervised.hyperparameters is not None
    assert done.method.supervised.hyperparameters.to_dict() == done.hyperparameters.to_dict()

    assert messages(client, job.id)[:6] == [
        "Rehearsal: base model gpt-4.1-mini-2025-04-14 is stood in for by ftops-nano, "
        "a tiny model for trying the workflow; not for production",
        f"Created fine-tuning job: {job.id}",
        f"Validating training file: {training_file}",
        "Files validated, moving job to queued state",
        "Fine-tuning job started",
        "passes: 1",
    ]
    assert messages(client, job.id)[-4:] == [
        "Step 8/8: training loss=0.5000, validation loss=0.7500, full validation loss=0.8750",
        "Checkpoint created at step 8",
        f"New fine-tuned model created: {done.fine_tuned_model}",
        "The job has successfully completed",
    ]

    answer = client.chat.completions.create(
        model=done.fine_tuned_model, messages=[{"role": "user", "content": "question 3"}]
    )
    assert answer.choices[0].message.content == "answer 3 is 9"


def test_checkpoints_are_kept_for_the_last_three_epochs_and_can_be_asked(
    client: openai.OpenAI, training_file: str
) -> None:
    model = trained(client, training_file, hyperparameters={"n_epochs": 4})
    job = next(iter(client.fine_tuning.jobs.list()))
    kept = client.fine_tuning.jobs.checkpoints.list(job.id).data
    assert [(one.step_number, one.fine_tuned_model_checkpoint) for one in kept] == [
        (8, model),
        (6, f"{model}:ckpt-step-6"),
        (4, f"{model}:ckpt-step-4"),
    ]
    assert kept[0].metrics.train_loss == 0.5
    answer = client.chat.completions.create(
        model=f"{model}:ckpt-step-4", messages=[{"role": "user", "content": "question 1"}]
    )
    assert answer.choices[0].message.content == "answer 1 is 1"
    listed = [one.id for one in client.models.list()]
    assert listed == ["ftops-nano", f"{model}:ckpt-step-4", f"{model}:ckpt-step-6", model]


def test_the_result_file_holds_the_series(client: openai.OpenAI, training_file: str) -> None:
    trained(client, training_file)
    job = next(iter(client.fine_tuning.jobs.list()))
    (result_id,) = job.result_files
    result = client.files.retrieve(result_id)
    assert (result.filename, result.purpose) == ("step_metrics.csv", "fine-tune-results")
    rows = list(csv.DictReader(io.StringIO(client.files.content(result_id).text)))
    assert [row["step"] for row in rows] == ["1", "2", "3", "4"]
    assert rows[0] == {
        "step": "1",
        "train_loss": "4.0",
        "train_accuracy": "0.5",
        "valid_loss": "",
        "valid_mean_token_accuracy": "",
        "train_lm_loss": "5.0",
        "full_valid_loss": "",
        "full_valid_mean_token_accuracy": "",
    }


def test_a_preference_job_trains(client: openai.OpenAI) -> None:
    rows = client.files.create(file=("rows.jsonl", preference_rows(10)), purpose="fine-tune")
    model = trained(
        client, rows.id, method={"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.2}}}
    )
    job = next(iter(client.fine_tuning.jobs.list()))
    assert job.method is not None
    assert job.method.dpo is not None
    assert job.method.dpo.hyperparameters is not None
    assert job.method.dpo.hyperparameters.beta == 0.2
    answer = client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": "question 2"}]
    )
    assert answer.choices[0].message.content == "kindly 2"


def test_a_job_goes_on_from_a_tuned_model(client: openai.OpenAI, training_file: str) -> None:
    parent = trained(client, training_file)
    more = client.files.create(
        file=("more.jsonl", chat_rows(20).split(b"\n", 10)[-1]), purpose="fine-tune"
    )
    job = client.fine_tuning.jobs.create(model=parent, training_file=more.id)
    wait_until(lambda: ended(client, job.id))
    child = client.fine_tuning.jobs.retrieve(job.id).fine_tuned_model
    assert child is not None
    assert messages(client, job.id)[0].startswith(f"Going on from {parent}")
    for question, answer in (("question 3", "answer 3 is 9"), ("question 13", "answer 13 is 169")):
        told = client.chat.completions.create(
            model=child, messages=[{"role": "user", "content": question}]
        )
        assert told.choices[0].message.content == answer


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        pytest.param(
            chat_rows(3),
            "invalid_n_examples",
            "Training file has 3 example(s), but must have at least 10 examples",
            id="too few rows",
        ),
        pytest.param(b"", "invalid_n_examples", "has 0 example(s)", id="no rows"),
        pytest.param(
            chat_rows(10) + b"{oops\n", "invalid_file_format", "Line 11", id="a line is no JSON"
        ),
        pytest.param(
            chat_rows(10) + b'{"rows": []}\n',
            "invalid_file_format",
            "Line 11",
            id="the wrong top-level key",
        ),
        pytest.param(
            chat_rows(10).replace(b'"user"', b'"robot"'),
            "invalid_training_file",
            "And 7 more",
            id="an unknown role, ten times",
        ),
        pytest.param(
            preference_rows(10),
            "invalid_training_file",
            "invalid training file",
            id="rows of another method",
        ),
    ],
)
def test_bad_files_fail_in_the_job(
    client: openai.OpenAI, content: bytes, code: str, words: str
) -> None:
    bad = client.files.create(file=("bad.jsonl", content), purpose="fine-tune")
    assert bad.status == "processed"
    job = client.fine_tuning.jobs.create(model="gpt-4o-mini", training_file=bad.id)
    wait_until(lambda: ended(client, job.id))
    done = client.fine_tuning.jobs.retrieve(job.id)
    assert done.status == "failed"
    assert done.error is not None
    assert (done.error.code, done.error.param) == (code, "training_file")
    assert words in done.error.message
    last = client.fine_tuning.jobs.list_events(job.id, limit=1).data[0]
    assert (last.level, last.message) == ("error", done.error.message)


def test_a_bad_validation_file_is_named_as_such(client: openai.OpenAI, training_file: str) -> None:
    bad = client.files.create(file=("bad.jsonl", b""), purpose="fine-tune")
    job = client.fine_tuning.jobs.create(
        model="gpt-4o-mini", training_file=training_file, validation_file=bad.id
    )
    wait_until(lambda: ended(client, job.id))
    error = client.fine_tuning.jobs.retrieve(job.id).error
    assert error is not None
    assert (error.code, error.param) == ("invalid_n_examples", "validation_file")


def test_a_failing_recipe_fails_its_job_plainly(client: openai.OpenAI, training_file: str) -> None:
    job = client.fine_tuning.jobs.create(model="ftops-nano", training_file=training_file, seed=666)
    wait_until(lambda: ended(client, job.id))
    error = client.fine_tuning.jobs.retrieve(job.id).error
    assert error is not None
    assert error.code == "training_failed"
    assert "ValueError: the rows taste bad" in error.message
    log = error.message.partition("The traceback is in ")[2]
    with open(log, encoding="utf-8") as stream:  # noqa: PTH123 the message gives text, not a Path
        assert "Traceback" in stream.read()


def test_a_job_that_cannot_be_trained_says_why_and_what_helps(
    client: openai.OpenAI, training_file: str
) -> None:
    job = client.fine_tuning.jobs.create(
        model="ftops-nano", training_file=training_file, seed=DECLINES
    )
    wait_until(lambda: ended(client, job.id))
    error = client.fine_tuning.jobs.retrieve(job.id).error
    assert error is not None
    assert error.code == "untrainable"
    assert error.message == "Nothing was trained: the rows are too good\nhint: spoil them"


def test_a_diverging_loss_is_told_and_does_not_end_the_job(
    client: openai.OpenAI, training_file: str
) -> None:
    trained(client, training_file, seed=99)
    job = next(iter(client.fine_tuning.jobs.list()))
    assert "Step 1/4: training loss=not a number" in messages(client, job.id)


def test_files_come_and_go(client: openai.OpenAI) -> None:
    made = [
        client.files.create(file=(f"{n}.jsonl", chat_rows(n)), purpose="fine-tune").id
        for n in range(5)
    ]
    other = client.files.create(file=b"anything", purpose="user_data")
    assert other.filename == "upload"
    assert [file.id for file in client.files.list(limit=2)] == [other.id, *made[::-1]]
    assert [file.id for file in client.files.list(purpose="fine-tune", order="asc")] == made
    assert client.files.content(made[3]).content == chat_rows(3)
    assert client.files.retrieve(made[3]).bytes == len(chat_rows(3))
    assert client.files.delete(made[3]).deleted
    for gone in (client.files.retrieve, client.files.content, client.files.delete):
        with pytest.raises(openai.NotFoundError):
            gone(made[3])


def test_an_expiring_file_says_when(client: openai.OpenAI) -> None:
    made = client.files.create(
        file=b"x", purpose="user_data", expires_after={"anchor": "created_at", "seconds": 3600}
    )
    assert made.expires_at == made.created_at + 3600


def test_models_are_found_and_deleted_once(client: openai.OpenAI, training_file: str) -> None:
    model = trained(client, training_file, hyperparameters={"n_epochs": 1})
    client.chat.completions.create(model=model, messages=[{"role": "user", "content": "hello"}])
    assert client.models.retrieve("ftops-nano").owned_by == "ftops"
    found = client.models.retrieve(model)
    assert found.id == model
    assert found.to_dict()["shutdown_date"] is None
    assert client.models.delete(model).deleted
    for gone in (client.models.retrieve, client.models.delete):
        with pytest.raises(openai.NotFoundError) as caught:
            gone(model)
        assert caught.value.code == "model_not_found"
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(model=model, messages=[{"role": "user", "content": "hi"}])
    with pytest.raises(openai.PermissionDeniedError):
        client.models.delete("ftops-nano")


def test_lists_are_paged_without_gap_or_repeat(client: openai.OpenAI, training_file: str) -> None:
    made = [
        client.fine_tuning.jobs.create(
            model="gpt-4o-mini",
            training_file=training_file,
            metadata={"n": str(n), "odd": str(n % 2)},
        ).id
        for n in range(5)
    ]
    plain = client.fine_tuning.jobs.create(model="gpt-4o-mini", training_file=training_file).id
    jobs = client.fine_tuning.jobs
    assert [job.id for job in jobs.list(limit=2)] == [plain, *made[::-1]]
    assert [job.id for job in jobs.list(limit=1, metadata={"odd": "1"})] == [made[3], made[1]]
    assert [job.id for job in jobs.list(metadata={"odd": "1", "n": "3"})] == [made[3]]
    assert [job.id for job in jobs.list(metadata={"odd": "1", "n": "2"})] == []
    assert [job.id for job in jobs.list(extra_query={"metadata": "null"})] == [plain]
    wait_until(lambda: all(ended(client, job_id) for job_id in [*made, plain]))
    whole = [event.id for event in jobs.list_events(plain, limit=100)]
    assert len(whole) > 10
    assert [event.id for event in jobs.list_events(plain, limit=3)] == whole
    assert [event.id for event in jobs.list_events(plain, after=whole[4])] == whole[5:]


def test_an_upload_cut_off_leaves_nothing(client: openai.OpenAI, settings: Settings) -> None:
    incoming = settings.store / "incoming"
    with socket.create_connection(("127.0.0.1", client.base_url.port or 0)) as connection:
        connection.sendall(
            b"POST /v1/files HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n"
            b"Content-Type: multipart/form-data; boundary=b\r\n\r\n"
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jsonl"\r\n\r\nhalf'
        )
        wait_until(lambda: list(incoming.iterdir()))
    wait_until(lambda: not list(incoming.iterdir()))
    assert client.files.list().data == []


def test_many_files_arrive_side_by_side(client: openai.OpenAI) -> None:
    sizes = range(1, 13)

    def send(number: int) -> tuple[str, bytes]:
        rows = chat_rows(number)
        made = client.files.create(file=(f"{number}.jsonl", rows), purpose="fine-tune")
        return made.id, rows

    with ThreadPoolExecutor(max_workers=6) as pool:
        sent = dict(pool.map(send, sizes))
    assert len(sent) == len(sizes)
    assert all(client.files.content(file_id).content == rows for file_id, rows in sent.items())


def test_a_snapshot_whose_folder_is_gone_is_no_model(
    client: openai.OpenAI, training_file: str, settings: Settings
) -> None:
    model = trained(client, training_file, hyperparameters={"n_epochs": 2})
    for made in settings.store.glob("jobs/*/work/checkpoints/step-2"):
        shutil.rmtree(made)
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(
            model=f"{model}:ckpt-step-2", messages=[{"role": "user", "content": "hi"}]
        )
    assert caught.value.code == "model_not_found"
