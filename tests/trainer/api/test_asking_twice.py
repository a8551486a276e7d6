"""A creation sent twice makes one job, if both say so by one key."""

from concurrent.futures import ThreadPoolExecutor

import openai
import pytest


def create(client: openai.OpenAI, training_file: str, *, seed: int = 1, key: str = "k1") -> str:
    return client.fine_tuning.jobs.create(
        model="gpt-4o-mini",
        training_file=training_file,
        seed=seed,
        extra_headers={"Idempotency-Key": key},
    ).id


def test_an_idempotency_key_makes_one_job(client: openai.OpenAI, training_file: str) -> None:
    assert create(client, training_file) == create(client, training_file)
    with pytest.raises(openai.BadRequestError, match="used before"):
        create(client, training_file, seed=2)
    assert len(client.fine_tuning.jobs.list().data) == 1
    assert create(client, training_file, key="k2") != create(client, training_file)


def test_one_key_sent_side_by_side_makes_one_job(client: openai.OpenAI, training_file: str) -> None:
    with ThreadPoolExecutor(max_workers=8) as pool:
        made = set(pool.map(lambda _: create(client, training_file), range(16)))
    assert len(made) == len(client.fine_tuning.jobs.list().data) == 1
