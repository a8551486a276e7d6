from collections.abc import Mapping
from datetime import timedelta

from typing_extensions import override

from ftops.core.names import JobId, ModelId
from ftops.core.observed import ObservedModel
from ftops.usecases.look import newest, observe
from tests.fakes.clock import NOON
from tests.fakes.provider import FakeProvider
from tests.fakes.specs import TUNED, declared, desired, intent, job, lock
from tests.fakes.stage import Stage


def test_one_look() -> None:
    stage = Stage(declared())
    stage.provider.add(job())
    stage.journal.begin(intent())
    observed = observe(stage.eyes, {}, settle_seconds=60)
    assert observed.at == NOON
    assert observed.jobs == (job(),)
    assert observed.has_model(TUNED)
    assert observed.open_intents == (intent(),)
    assert observed.confirmation_window == timedelta(minutes=5)


class Forgetful(FakeProvider):
    """Leaves every tune out of the listing, as listings that lag or page badly do."""

    @override
    def models(self) -> Mapping[ModelId, ObservedModel]:
        return {}


def test_a_model_that_is_only_left_out_of_the_listing_is_found() -> None:
    stage = Stage(declared(), provider=Forgetful)
    stage.provider.add(job())
    assert observe(stage.eyes, {}, settle_seconds=60).has_model(TUNED)


def test_a_model_that_seems_gone_is_asked_for_once() -> None:
    stage = Stage(declared(), provider=Forgetful)
    stage.provider.add(job())
    stage.provider.retire(TUNED)
    recorded = lock()
    observed = observe(stage.eyes, {recorded.spec_name: recorded}, settle_seconds=60)
    assert not observed.has_model(TUNED)
    assert stage.fuse.steps.count("a look at model") == 1


def test_the_newest_job() -> None:
    spec = desired()
    young = job(spec, id=JobId("b"), created_at=NOON)
    tied = job(spec, id=JobId("a"), created_at=NOON)
    assert newest([job(spec), young, tied]) is young
    assert newest([]) is None
