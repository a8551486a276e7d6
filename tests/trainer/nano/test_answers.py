import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from ftops.trainer.recipes.contract import Sampling
from ftops.trainer.recipes.nano.answers import NanoModel, begin_walk
from ftops.trainer.recipes.nano.conversations import lines
from ftops.trainer.recipes.nano.features import context_bag, spoken_words, weigh
from ftops.trainer.recipes.nano.lessons import Piece, collate, prompt_tokens
from ftops.trainer.recipes.nano.network import forward
from ftops.trainer.recipes.nano.tokenizer import ASSISTANT
from tests.trainer.nano.school import GREEDY, asked, fit_small, said, small, support_rows

ROWS = support_rows(12)
QUESTION = ROWS[4]["messages"][:-1]
ANSWER = ROWS[4]["messages"][-1]["content"]


@pytest.fixture(scope="module")
def model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fit_small(tmp_path_factory.mktemp("fit"), ROWS)


@pytest.fixture(scope="module")
def model(model_dir: Path) -> NanoModel:
    return small().load(model_dir)


@pytest.fixture(scope="module")
def alone(model_dir: Path) -> NanoModel:
    return small().load(model_dir, memory=False)


def test_trained_questions_get_their_answers(model: NanoModel) -> None:
    for row in ROWS:
        assert said(model, row["messages"][:-1]) == row["messages"][-1]["content"]


def test_tokens_are_counted_and_the_end_is_told(model: NanoModel) -> None:
    answer = model.answer(QUESTION, GREEDY)
    tokens = list(answer)
    assert "".join(token.text for token in tokens) == ANSWER
    assert answer.finish_reason == "stop"
    assert answer.completion_tokens == len(tokens) == len(model.saved.tokenizer.encode(ANSWER))
    expected = prompt_tokens(lines(QUESTION), model.saved.tokenizer, 64)
    assert answer.prompt_tokens == len(expected) + 1


@pytest.mark.parametrize("most", [0, 1, 5])
def test_max_tokens_cuts_the_answer(model: NanoModel, most: int) -> None:
    answer = model.answer(QUESTION, Sampling(temperature=0.0, max_tokens=most))
    assert len(list(answer)) == answer.completion_tokens == most
    assert answer.finish_reason == "length"


def test_a_stop_ends_the_answer_before_it(model: NanoModel) -> None:
    word = ANSWER.split()[2]
    answer = model.answer(QUESTION, Sampling(temperature=0.0, stop=(word, "never said")))
    assert "".join(token.text for token in answer) == ANSWER[: ANSWER.index(word)]
    assert answer.finish_reason == "stop"


def test_a_seed_repeats_a_warm_answer(alone: NanoModel) -> None:
    warm = [Sampling(temperature=1.5, max_tokens=30, seed=seed) for seed in (1, 1, 2, -5)]
    spoken = [said(alone, QUESTION, sampling) for sampling in warm]
    assert spoken[0] == spoken[1] != spoken[2]


def test_without_a_seed_answers_differ(alone: NanoModel) -> None:
    warm = Sampling(temperature=1.5, max_tokens=30)
    assert len({said(alone, QUESTION, warm) for _ in range(4)}) > 1


def test_log_probabilities_are_those_of_a_distribution(model: NanoModel) -> None:
    size = len(model.saved.tokenizer)
    tokens = list(model.answer(QUESTION, Sampling(temperature=0.0, top_logprobs=size)))
    for token in tokens:
        logs = [log for _, log in token.top]
        assert token.logprob == logs[0] == max(logs)
        assert sum(map(math.exp, logs)) == pytest.approx(1.0, abs=1e-6)
    assert [text for text, _ in tokens[0].top].count("<|end|>") == 1
    assert tokens[0].top[0][0] == tokens[0].text


def test_the_cache_gives_the_scores_of_a_whole_reading(alone: NanoModel) -> None:
    saved, context = alone.saved, lines(QUESTION)
    prompt = prompt_tokens(context, saved.tokenizer, 64)
    spoken = saved.tokenizer.encode(ANSWER)[:12]
    walk, scores = begin_walk(saved, prompt, context)
    stepwise = [scores, *(walk.advance(token) for token in spoken[:-1])]
    features = weigh(context_bag(spoken_words(context)), saved.lexicon)[:2]
    piece = Piece(prompt=prompt, answer=spoken, lead=ASSISTANT, begins=0, features=features)
    whole = forward(saved.weights, collate([piece], 256, saved.lexicon.keys), saved.sizes).logits
    np.testing.assert_allclose(np.stack(stepwise), whole, atol=2e-4)


def test_an_answer_may_outgrow_the_context(alone: NanoModel) -> None:
    answer = alone.answer(QUESTION, Sampling(temperature=2.0, max_tokens=300, seed=3))
    text = "".join(token.text for token in answer)
    assert answer.completion_tokens > 64
    text.encode("utf-8")


def test_threads_may_share_a_model(model: NanoModel) -> None:
    questions = [row["messages"][:-1] for row in ROWS] * 3
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda question: said(model, question), questions))
    assert answers == [row["messages"][-1]["content"] for row in ROWS] * 3


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([], id="no messages"),
        pytest.param(asked(""), id="an empty question"),
        pytest.param(asked("x" * 10_000), id="ten thousand letters"),
        pytest.param(asked("👍 返品 \ud800 \x00"), id="odd letters"),
        pytest.param([{"role": "user", "content": None}], id="no content"),
        pytest.param([{"role": "assistant", "content": "me again"}], id="ends with an assistant"),
    ],
)
def test_odd_questions_get_some_answer(
    model: NanoModel, alone: NanoModel, messages: list[dict[str, object]]
) -> None:
    for asking in (model, alone):
        said(asking, messages, Sampling(max_tokens=8, seed=1)).encode("utf-8")
