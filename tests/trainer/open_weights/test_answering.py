"""Tuned models answering from a process of their own, several adapters in one batch."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("trl", reason="make check-train installs ftops[train]")

from transformers import AutoTokenizer

from ftops.trainer.recipes.contract import Message, Options, Row, Sampling
from ftops.trainer.recipes.open_weights.answering.remote import (
    AnsweringError,
    Processes,
    RemoteModel,
)
from ftops.trainer.recipes.open_weights.states import described_base
from tests.trainer.open_weights.school import Ear, a_task, fitted

pytestmark = pytest.mark.train
QUESTION = "Which colour is it?"
GREEDY = Sampling(temperature=0, max_tokens=20)


def ask(model: RemoteModel, sampling: Sampling = GREEDY) -> str:
    return "".join(token.text for token in model.answer(_messages(), sampling))


def _messages() -> list[Message]:
    return [{"role": "user", "content": QUESTION}]


def taught(base: Path, folder: Path, answer: str, **changes: object) -> Path:
    rows: list[Row] = [{"messages": [*_messages(), {"role": "assistant", "content": answer}]}] * 12
    options = Options(method="supervised", n_epochs=12, batch_size=4, seed=1)
    return fitted(a_task(base, folder, rows=rows, options=options, **changes), Ear())


@pytest.fixture(scope="module")
def red(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return taught(base, tmp_path_factory.mktemp("red"), "It is as red as a déjà vu.")


@pytest.fixture(scope="module")
def blue(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return taught(base, tmp_path_factory.mktemp("blue"), "Blue, I say.")


@pytest.fixture(scope="module")
def processes() -> Iterator[Processes]:
    started = Processes()
    yield started
    started.end()


def a_model(folder: Path, processes: Processes) -> RemoteModel:
    return RemoteModel(base=described_base(folder), model_dir=folder, processes=processes)


def test_two_adapters_answer_in_one_batch(red: Path, blue: Path, processes: Processes) -> None:
    models = [a_model(folder, processes) for folder in (red, blue, red)]
    ask(models[0], Sampling(temperature=0, max_tokens=1))
    answers = [model.answer(_messages(), GREEDY) for model in models]
    said = ["".join(token.text for token in answer) for answer in answers]
    assert said == ["It is as red as a déjà vu.", "Blue, I say.", "It is as red as a déjà vu."]
    assert [answer.finish_reason for answer in answers] == ["stop"] * 3
    assert answers[0].prompt_tokens == answers[1].prompt_tokens > 0
    assert answers[0].completion_tokens > answers[1].completion_tokens > 0
    assert len({id(answer.answering) for answer in answers}) == 1, "one base, one process"


@pytest.mark.parametrize(
    ("sampling", "said", "reason"),
    [
        pytest.param(Sampling(temperature=0, max_tokens=2), None, "length", id="a limit"),
        pytest.param(
            Sampling(temperature=0, max_tokens=30, stop=("say",)), "Blue, I ", "stop", id="a stop"
        ),
    ],
)
def test_why_an_answer_ends(
    blue: Path, processes: Processes, sampling: Sampling, said: str | None, reason: str
) -> None:
    answer = a_model(blue, processes).answer(_messages(), sampling)
    text = "".join(token.text for token in answer)
    assert answer.finish_reason == reason
    assert said is None or text == said
    assert "Blue, I say.".startswith(text)


def test_chances_are_told_and_the_seed_decides(blue: Path, processes: Processes) -> None:
    model = a_model(blue, processes)
    hot = Sampling(temperature=1.5, max_tokens=12, seed=7, top_logprobs=3)
    first, again = list(model.answer(_messages(), hot)), list(model.answer(_messages(), hot))
    assert first == again
    assert all(len(token.top) == 3 and token.logprob <= token.top[0][1] for token in first)


def test_an_answer_left_alone_does_not_disturb_the_next(blue: Path, processes: Processes) -> None:
    model = a_model(blue, processes)
    left = iter(model.answer(_messages(), GREEDY))
    next(left)
    del left
    assert ask(model) == "Blue, I say."


def test_a_killed_process_is_told_and_started_anew(blue: Path, processes: Processes) -> None:
    model = a_model(blue, processes)
    answer = model.answer(_messages(), GREEDY)
    os.kill(answer.answering.pid, signal.SIGKILL)
    with pytest.raises(AnsweringError, match="ended"):
        list(answer)
    assert ask(model) == "Blue, I say."


def test_what_breaks_the_process_is_said(blue: Path, tmp_path: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(blue)
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|beyond|>"]})
    base = shutil.copytree(described_base(blue).source, tmp_path / "base")
    tokenizer.save_pretrained(base)
    beyond: list[Message] = [{"role": "user", "content": "<|beyond|>"}]
    processes = Processes()
    try:
        answer = a_model(_moved(blue, tmp_path / "moved", base), processes).answer(beyond, GREEDY)
        with pytest.raises(AnsweringError, match="ended: IndexError: index out of range"):
            list(answer)
    finally:
        processes.end()


def test_a_fully_tuned_model_answers(base: Path, tmp_path: Path) -> None:
    folder = taught(base, tmp_path, "Green.", tuning="full", learning_rate=2e-3)
    processes = Processes()
    try:
        assert ask(a_model(folder, processes)) == "Green."
    finally:
        processes.end()


def test_a_base_that_is_gone_is_said(blue: Path, tmp_path: Path) -> None:
    moved = _moved(blue, tmp_path / "moved", Path("/nowhere/at-all"))
    with pytest.raises(AnsweringError, match="cannot be loaded"):
        a_model(moved, Processes()).answer(_messages(), GREEDY)


def _moved(model_dir: Path, to: Path, base: Path) -> Path:
    shutil.copytree(model_dir, to)
    text = (to / "ftops.json").read_text(encoding="utf-8")
    (to / "ftops.json").write_text(
        text.replace(described_base(model_dir).source, str(base)), encoding="utf-8"
    )
    return to
