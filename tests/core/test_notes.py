from datetime import UTC, datetime

import pytest

from ftops.core.desired import Desired
from ftops.core.names import ModelId, TargetName
from ftops.core.notes import TargetFacts, notes_about
from ftops.core.observed import Observed, ObservedModel
from ftops.core.plan import Change, Keep, Plan, Reason, Relabel, Train
from tests.fakes.clock import NOON
from tests.fakes.specs import BASE, desired, lock

OPENAI = TargetFacts(
    target=TargetName("openai"), why="declared", where="api.openai.com", is_openai=True
)
PROXY = TargetFacts(target=TargetName("proxy"), why="declared", where="http://127.0.0.1/v1")
LOCAL = TargetFacts(
    target=TargetName("local"), why="--target", where="127.0.0.1", stands_in="ftops-nano"
)
LONG_AGO = Observed(at=datetime(2026, 1, 1, tzinfo=UTC))
NOW = Observed(at=NOON)
CLOSING = "OpenAI takes no new self-serve fine-tuning jobs after 2027-01-06, in 45 days"
SHUTDOWN = (
    f"{BASE} and its tunes stop answering on 2027-01-14, in 53 days (built-in table of 2026-11-22)"
)


def train(wanted: Desired) -> Train:
    return Train(desired=wanted, reason=Reason.SPEC_ADDED)


KEPT = Keep(desired=desired(), lock=lock())
RELABELLED = Relabel(desired=desired(), lock=lock())
NEW = train(desired())


@pytest.mark.parametrize(
    ("facts", "changes", "observed", "notes"),
    [
        pytest.param(OPENAI, [NEW], NOW, [SHUTDOWN, CLOSING], id="a launch at OpenAI"),
        pytest.param(
            OPENAI, [NEW, train(desired("b")), KEPT], NOW, [SHUTDOWN, CLOSING], id="each said once"
        ),
        pytest.param(OPENAI, [KEPT], NOW, [SHUTDOWN], id="a kept model goes with its base"),
        pytest.param(OPENAI, [RELABELLED], NOW, [SHUTDOWN], id="and a relabelled one"),
        pytest.param(OPENAI, [KEPT], LONG_AGO, [], id="not while it is far away"),
        pytest.param(
            OPENAI, [train(desired(model="nobody-knows"))], NOW, [CLOSING], id="an unknown base"
        ),
        pytest.param(PROXY, [NEW, KEPT], NOW, [], id="OpenAI's calendar is only OpenAI's"),
        pytest.param(
            LOCAL,
            [NEW, train(desired("b")), train(desired("c", model="davinci-002"))],
            NOW,
            [
                "on local, ftops-nano stands in for davinci-002: a rehearsal on a tiny model",
                f"on local, ftops-nano stands in for {BASE}: a rehearsal on a tiny model",
            ],
            id="a rehearsal names each base it stands in for",
        ),
        pytest.param(
            LOCAL, [train(desired(model="ftops-nano"))], NOW, [], id="nobody stands in for itself"
        ),
        pytest.param(
            LOCAL,
            [train(desired(model="qwen"))],
            Observed(at=NOON, models={ModelId("qwen"): ObservedModel(id=ModelId("qwen"))}),
            [],
            id="nor for a base that the server has itself",
        ),
        pytest.param(LOCAL, [KEPT], NOW, [], id="nothing is rehearsed"),
    ],
)
def test_notes(
    facts: TargetFacts, changes: list[Change], observed: Observed, notes: list[str]
) -> None:
    assert list(notes_about(facts, Plan(changes=tuple(changes)), observed)) == notes
