from datetime import timedelta

import pytest
from typing_extensions import override

from ftops.core.lock import Lock
from ftops.core.names import FileId, ModelId
from ftops.core.surplus import Surplus
from ftops.errors import ProviderRejected, ProviderUnavailable
from ftops.usecases.prune import Deletion, delete, survey
from tests.fakes.provider import FakeProvider
from tests.fakes.specs import TARGET, declared
from tests.fakes.stage import Stage

WEEK = timedelta(days=7)


def stage_after(days: int = 8) -> Stage:
    """Return a stage whose first model was replaced by a second, days ago."""
    stage = Stage(declared(seed=1))
    stage.apply()
    stage.declare(declared(seed=2))
    stage.apply()
    stage.clock.advance(days * 86_400)
    return stage


def surplus(stage: Stage, committed: tuple[Lock, ...] = ()) -> Surplus:
    found = survey(stage.prepare(), {TARGET: stage.provider}, committed, WEEK)
    return found[TARGET]


def test_a_replaced_model_is_surplus_and_the_current_one_is_not() -> None:
    stage = stage_after()
    current = stage.locks.read()[declared().name].model
    found = surplus(stage)
    assert len(found.models) == 1
    assert current not in [one.id for one in found.models]
    assert found.files == ()


def test_a_replaced_model_that_a_branch_still_names_stays() -> None:
    stage = Stage(declared(seed=1))
    stage.apply()
    first = stage.locks.read()[declared().name]
    stage.declare(declared(seed=2))
    stage.apply()
    stage.clock.advance(8 * 86_400)
    assert surplus(stage, (first,)).is_empty


def test_a_lost_lock_makes_no_model_surplus() -> None:
    stage = stage_after()
    before = surplus(stage)
    stage.locks.remove(declared().name)
    assert surplus(stage) == before


def test_young_models_stay() -> None:
    assert surplus(stage_after(days=1)).is_empty


def test_exactly_what_was_found_is_deleted() -> None:
    stage = stage_after()
    found = surplus(stage)
    models = set(stage.provider.models())
    assert delete(found, stage.provider) == (Deletion(id=found.models[0].id),)
    assert models - set(stage.provider.models()) == {found.models[0].id}
    assert delete(found, stage.provider) == (Deletion(id=found.models[0].id),)


class Stubborn(FakeProvider):
    """A provider that deletes nothing."""

    @override
    def delete_model(self, model_id: ModelId) -> None:
        raise ProviderRejected("not yours")

    @override
    def delete_file(self, file_id: FileId) -> None:
        raise ProviderUnavailable("no answer")


@pytest.mark.parametrize("forgotten", [False, True], ids=["a model", "a model and its file"])
def test_one_failure_does_not_stop_the_rest(*, forgotten: bool) -> None:
    stage = stage_after()
    if forgotten:
        stage.declare(declared("other"))
        stage.apply()
        stage.clock.advance(8 * 86_400)
    found = surplus(stage)
    troubles = [one.trouble for one in delete(found, Stubborn())]
    expected = ["not yours"] * len(found.models) + ["no answer"] * len(found.files)
    assert troubles == expected
    assert bool(found.files) is forgotten
