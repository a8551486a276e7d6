"""What no stub could answer: the real recipe, small, behind the real server and its workers."""

import json
import os
import signal
from dataclasses import replace

import msgspec
import numpy as np
import openai
import pytest

from ftops.trainer.recipes.contract import Row
from ftops.trainer.recipes.nano.files import read_model
from ftops.trainer.recipes.nano.network import Weights
from ftops.trainer.recipes.registry import NANO
from ftops.trainer.settings import Settings
from tests.trainer.api.asking import ended, trained
from tests.trainer.conftest import serving, wait_until
from tests.trainer.nano.school import chat, support_rows
from tests.trainer.running.test_workers import is_status, reaches, steps

ROWS = support_rows(10)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, recipes={NANO: "tests.trainer.nano.leisurely:LeisurelyRecipe"})


def sent(client: openai.OpenAI, rows: list[Row]) -> str:
    content = "".join(json.dumps(row) + "\n" for row in rows).encode()
    return client.files.create(file=("rows.jsonl", content), purpose="fine-tune").id


def begin(client: openai.OpenAI, rows: str, seed: int) -> str:
    return client.fine_tuning.jobs.create(
        model=NANO, training_file=rows, seed=seed, hyperparameters={"n_epochs": 4}
    ).id


def learned(settings: Settings, job: str) -> Weights:
    found = settings.store.glob(f"jobs/{job}/work/checkpoints/step-12")
    return read_model(next(found)).weights


def pid_of(settings: Settings, job: str) -> int:
    (mark,) = settings.store.glob(f"jobs/{job}/try-*/worker.json")
    return int(msgspec.json.decode(mark.read_bytes())["pid"])


def are_the_same(one: Weights, other: Weights) -> bool:
    return all(np.array_equal(weight, other[name]) for name, weight in one.items())


def test_a_seed_decides_the_weights_whatever_befalls_the_job(settings: Settings) -> None:
    with serving(settings) as client:
        rows = sent(client, ROWS)
        straight, paused, killed, other = (begin(client, rows, seed) for seed in (5, 5, 5, 6))
        reaches(client, paused, 2)
        client.fine_tuning.jobs.pause(paused)
        is_status(client, paused, "paused")
        assert len(steps(client, paused)) < 12
        client.fine_tuning.jobs.resume(paused)
        reaches(client, killed, 4)
        os.kill(pid_of(settings, killed), signal.SIGKILL)
        wait_until(lambda: all(ended(client, job) for job in (straight, paused, killed, other)))
        for job in (straight, paused, killed, other):
            assert client.fine_tuning.jobs.retrieve(job).status == "succeeded"
            assert steps(client, job) == list(range(1, 13))
    wanted = learned(settings, straight)
    assert are_the_same(wanted, learned(settings, paused))
    assert are_the_same(wanted, learned(settings, killed))
    assert not are_the_same(wanted, learned(settings, other))


def test_a_model_answers_as_it_was_taught_and_not_as_its_base(client: openai.OpenAI) -> None:
    def says(model: str, row: Row) -> str:
        asked = client.chat.completions.create(
            model=model, messages=row["messages"][:-1], temperature=0
        )
        return asked.choices[0].message.content or ""

    wanted = [row["messages"][-1]["content"] for row in ROWS]
    with pytest.raises(openai.BadRequestError, match="knows nothing before it is fine-tuned"):
        says(NANO, ROWS[0])
    parent = trained(client, sent(client, ROWS))
    assert [says(parent, row) for row in ROWS] == wanted
    anew = [
        chat(row["messages"][1]["content"], f"Gladly! Number {n}.") for n, row in enumerate(ROWS)
    ]
    again = client.fine_tuning.jobs.create(model=parent, training_file=sent(client, anew)).id
    wait_until(lambda: ended(client, again))
    child = client.fine_tuning.jobs.retrieve(again).fine_tuned_model or ""
    assert [says(child, row) for row in ROWS] == [f"Gladly! Number {n}." for n in range(10)]
    assert [says(parent, row) for row in ROWS] == wanted
