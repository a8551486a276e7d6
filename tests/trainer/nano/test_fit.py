from pathlib import Path

import numpy as np
import pytest
from typing_extensions import override

from ftops.trainer.recipes.contract import StepMetrics, Stopped, Wish
from ftops.trainer.recipes.nano.files import read_model
from ftops.trainer.recipes.nano.network import Weights
from ftops.trainer.recipes.nano.recipe import NanoRecipe
from tests.trainer.nano.school import (
    SHORT,
    SMALL,
    Diary,
    chat,
    fit_small,
    fitted,
    preference,
    said,
    small,
    stop_at,
    support_rows,
    task,
)

ROWS = support_rows(10)
VALID = support_rows(24)[20:]
PAIRS = [preference(row, "No idea.") for row in ROWS]


class Killed(BaseException):
    """The process is gone."""


class Mortal(Diary):
    """A report during which the process dies."""

    def __init__(self, when: str) -> None:
        super().__init__()
        self.when = when

    @override
    def step(self, metrics: StepMetrics) -> None:
        super().step(metrics)
        if self.when == f"step {metrics.step}":
            raise Killed

    @override
    def checkpoint(self, metrics: StepMetrics, model_dir: Path) -> None:
        super().checkpoint(metrics, model_dir)
        if self.when == f"checkpoint {metrics.step}":
            raise Killed


def _weights(model_dir: Path) -> Weights:
    return read_model(model_dir).weights


def _assert_same(one: Path, other: Path) -> None:
    left, right = _weights(one), _weights(other)
    assert left.keys() == right.keys()
    for name, weight in left.items():
        np.testing.assert_array_equal(weight, right[name])


def test_steps_epochs_and_checkpoints_are_told(tmp_path: Path) -> None:
    diary = Diary()
    model_dir = fitted(small().fit(task(tmp_path, ROWS, validation=VALID, n_epochs=4), diary))
    assert [step.step for step in diary.steps] == list(range(1, 13))
    assert [step.epoch for step in diary.steps] == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]
    assert [metrics.step for metrics, _ in diary.checkpoints] == [3, 6, 9, 12]
    assert sorted(path.name for path in (tmp_path / "checkpoints").iterdir()) == [
        *("step-12", "step-6", "step-9")
    ]
    assert model_dir == diary.checkpoints[-1][1] == tmp_path / "checkpoints" / "step-12"
    assert diary.told[0].steps == diary.steps[-1].total_steps == 12


def test_every_figure_is_a_number_and_the_losses_fall(tmp_path: Path) -> None:
    diary = Diary()
    small().fit(task(tmp_path, ROWS, validation=VALID, n_epochs=9), diary)
    for step in diary.steps:
        told = [step.train_loss, step.train_lm_loss, step.valid_loss, step.valid_lm_loss]
        assert all(figure is not None and np.isfinite(figure) for figure in told)
        assert 0 <= step.train_mean_token_accuracy <= 1
        assert (step.full_valid_loss is not None) == (step.step % 3 == 0)
    first, last = diary.steps[0], diary.steps[-1]
    assert (first.train_lm_loss or 0) > 1.2 * (last.train_lm_loss or 0) > 0
    assert first.train_loss > last.train_loss


def test_train_loss_does_not_look_up_the_row_itself(tmp_path: Path) -> None:
    lonely = [chat(f"{word} {word}", word[::-1] * 3) for word in ("qwe", "rty", "uio", "asd")]
    diary = Diary()
    small().fit(task(tmp_path, lonely, n_epochs=1), diary)
    assert diary.steps[0].train_loss > 2.0


def test_without_validation_rows_there_are_no_validation_figures(tmp_path: Path) -> None:
    diary = Diary()
    small().fit(task(tmp_path, ROWS, n_epochs=1), diary)
    assert {step.valid_loss for step in diary.steps} == {None}
    assert diary.steps[-1].full_valid_mean_token_accuracy is None


def test_the_same_seed_gives_the_same_weights(tmp_path: Path) -> None:
    one, two = (fit_small(tmp_path / name, ROWS, seed=3) for name in "ab")
    _assert_same(one, two)
    other = fit_small(tmp_path / "c", ROWS, seed=4)
    assert np.abs(_weights(one)["speak"] - _weights(other)["speak"]).max() > 0


@pytest.mark.parametrize("method", ["supervised", "dpo"])
@pytest.mark.parametrize("at", [1, 3, 5])
def test_paused_and_resumed_equals_uninterrupted(tmp_path: Path, method: str, at: int) -> None:
    rows = ROWS if method == "supervised" else PAIRS
    straight = fit_small(tmp_path / "straight", rows, method=method, n_epochs=2)
    broken = task(tmp_path / "broken", rows, method=method, n_epochs=2)
    assert small().fit(broken, stop_at(at, Wish.PAUSE)) == Stopped(wish=Wish.PAUSE)
    diary = Diary()
    resumed = fitted(small().fit(broken, diary))
    assert [step.step for step in diary.steps] == list(range(at + 1, 7))
    _assert_same(straight, resumed)


@pytest.mark.parametrize(
    ("method", "when"),
    [
        pytest.param("supervised", "step 2", id="before any state"),
        pytest.param("supervised", "step 5", id="in the second epoch"),
        pytest.param("supervised", "checkpoint 3", id="between a checkpoint and its state"),
        pytest.param("dpo", "step 5", id="dpo in the second epoch"),
    ],
)
def test_killed_and_started_again_equals_uninterrupted(
    tmp_path: Path, method: str, when: str
) -> None:
    rows = ROWS if method == "supervised" else PAIRS
    straight = fit_small(tmp_path / "straight", rows, method=method, n_epochs=2)
    broken = task(tmp_path / "broken", rows, method=method, n_epochs=2)
    with pytest.raises(Killed):
        small().fit(broken, Mortal(when))
    _assert_same(straight, fitted(small().fit(broken, Diary())))


def test_a_pause_within_the_warm_up_is_obeyed_and_resumed(tmp_path: Path) -> None:
    straight = fit_small(tmp_path / "straight", PAIRS, method="dpo", n_epochs=1)
    broken = task(tmp_path / "broken", PAIRS, method="dpo", n_epochs=1)
    found = small().fit(broken, Diary(wishes=lambda _: Wish.PAUSE))
    assert found == Stopped(wish=Wish.PAUSE)
    _assert_same(straight, fitted(small().fit(broken, Diary())))


def test_a_pause_with_the_last_step_leaves_nothing_to_train(tmp_path: Path) -> None:
    straight = fit_small(tmp_path / "straight", ROWS, n_epochs=2)
    broken = task(tmp_path / "broken", ROWS, n_epochs=2)
    first, second = stop_at(6, Wish.PAUSE), Diary()
    assert small().fit(broken, first) == Stopped(wish=Wish.PAUSE)
    assert len(first.steps) == first.told[0].steps == 6
    _assert_same(straight, fitted(small().fit(broken, second)))
    assert second.steps == []


def test_a_cancelled_fit_stops_at_once(tmp_path: Path) -> None:
    diary = stop_at(2, Wish.CANCEL)
    assert small().fit(task(tmp_path, ROWS), diary) == Stopped(wish=Wish.CANCEL)
    assert len(diary.steps) == 2
    assert not (tmp_path / "state.npz").exists()


def test_a_finished_fit_answers_at_once_when_called_again(tmp_path: Path) -> None:
    first = fit_small(tmp_path, ROWS)
    diary = Diary()
    assert fitted(small().fit(task(tmp_path, ROWS), diary)) == first
    assert diary.steps == []


def test_a_lost_last_checkpoint_is_written_again(tmp_path: Path) -> None:
    first = fit_small(tmp_path, ROWS)
    before = _weights(first)["speak"]
    first.rename(tmp_path / "elsewhere")
    again = fit_small(tmp_path, ROWS)
    np.testing.assert_array_equal(_weights(again)["speak"], before)


@pytest.mark.parametrize(
    ("damage", "note"),
    [
        pytest.param(b"", "unreadable", id="empty"),
        pytest.param(b"PK\x03\x04 half a file", "unreadable", id="torn"),
    ],
)
def test_an_unreadable_state_is_not_trusted(tmp_path: Path, damage: bytes, note: str) -> None:
    small().fit(task(tmp_path, ROWS), stop_at(2, Wish.PAUSE))
    (tmp_path / "state.npz").write_bytes(damage)
    diary = Diary()
    small().fit(task(tmp_path, ROWS), diary)
    assert diary.steps[0].step == 1
    assert any(note in told for told in diary.notes)


def test_the_state_of_another_task_is_not_taken_over(tmp_path: Path) -> None:
    small().fit(task(tmp_path, ROWS), stop_at(2, Wish.PAUSE))
    diary = Diary()
    small().fit(task(tmp_path, ROWS[:9]), diary)
    assert diary.steps[0].step == 1
    assert any("another task" in told for told in diary.notes)


def test_leftovers_of_a_killed_writer_are_swept(tmp_path: Path) -> None:
    leftover = tmp_path / "checkpoints" / ".step-3.part"
    leftover.mkdir(parents=True)
    (leftover / "model.npz").write_bytes(b"half")
    fit_small(tmp_path, ROWS, n_epochs=1)
    assert not leftover.exists()


def test_an_unknown_method_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot train with reinforcement\nhint: it knows dpo and"):
        small().fit(task(tmp_path, ROWS, method="reinforcement"), Diary())


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([], id="no rows"),
        pytest.param([{"messages": [{"role": "user", "content": "q"}]}], id="no answer"),
        pytest.param(
            [{"messages": [{"role": "assistant", "content": "a", "weight": 0}]}], id="weight 0 only"
        ),
    ],
)
def test_rows_with_nothing_to_learn_are_refused(
    tmp_path: Path, rows: list[dict[str, object]]
) -> None:
    with pytest.raises(ValueError, match="hold no assistant answer to learn\nhint:"):
        small().fit(task(tmp_path, rows), Diary())


def test_a_rate_beyond_reason_is_refused_plainly(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="hint: lower learning_rate_multiplier"):
        small().fit(task(tmp_path, ROWS, learning_rate_multiplier=1e25), Diary())


def test_a_message_of_weight_0_is_context_and_no_answer_to_learn(tmp_path: Path) -> None:
    def rows(wrong: str, weight: int) -> list[dict[str, object]]:
        return [
            {
                "messages": [
                    {"role": "user", "content": "q one"},
                    {"role": "assistant", "content": wrong, "weight": weight},
                    {"role": "user", "content": "q two"},
                    {"role": "assistant", "content": "the right one"},
                ]
            }
        ]

    masked, diary = rows("the wrong one", 0), Diary()
    model = small().load(fitted(small().fit(task(tmp_path / "a", masked), diary)))
    assert model.saved.rows is not None
    assert len(model.saved.rows) == 1
    trained = small().load(fit_small(tmp_path / "b", rows("the wrong one", 1)))
    assert trained.saved.rows is not None
    assert len(trained.saved.rows) == 2


def test_odd_rows_can_be_learned_and_asked(tmp_path: Path) -> None:
    image = {"type": "image_url", "image_url": {"url": "https://example.com/x.png"}}
    odd = [
        chat("👩‍👩‍👧 emoji?", "👍🏽"),
        chat("返品はできますか", "はい、三十日以内です。"),
        chat("", ""),
        chat("x " * 5_000, "y"),
        chat("long answer please", "word and word " * 60),
        {
            "messages": [
                {"role": "user", "content": [image, {"type": "text", "text": "what is it?"}]},
                {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]},
                {"role": "tool", "content": "42", "tool_call_id": "1"},
                {"role": "assistant", "content": "It is 42."},
            ]
        },
    ]
    diary = Diary()
    recipe = NanoRecipe(SMALL, SHORT)
    model_dir = fitted(recipe.fit(task(tmp_path, odd, validation=odd, batch_size=64), diary))
    assert any("ignored 2 image" in note for note in diary.notes)
    model = recipe.load(model_dir)
    for row in odd:
        assert said(model, row["messages"][:-1]).strip() == row["messages"][-1]["content"].strip()


def test_seeds_may_be_negative_or_huge(tmp_path: Path) -> None:
    fit_small(tmp_path / "a", ROWS[:3], seed=-1)
    fit_small(tmp_path / "b", ROWS[:3], seed=2**70)
