"""What nobody looked for is always said, and by which model names were."""

import json

import pytest

from ftops.core.names import SpecName
from ftops.core.privacy import Kind
from ftops.dataset.privacy.scanned import MISSED_BY_MODEL, NOT_CHECKED, Scanned
from ftops.render.privacy_view import privacy_json, privacy_view
from tests.render.paper import printed

BARE = Scanned(rows=3, counts={}, findings=())
MODELLED = Scanned(rows=7, counts={Kind.PERSON_NAME: 2}, findings=(), model="en_tiny 1.0")


def test_a_model_is_named_beside_what_it_found() -> None:
    assert printed(privacy_view({SpecName("bot"): MODELLED})) == (
        "spec  rows  found\n"
        "bot   7     2 person-name\n"
        "Names and places of bot were looked for with en_tiny 1.0.\n"
        "Not checked: names and places that the model misses, other free text, pictures."
    )


@pytest.mark.parametrize(
    ("found", "unchecked"),
    [
        pytest.param([BARE], NOT_CHECKED, id="no model"),
        pytest.param([MODELLED], MISSED_BY_MODEL, id="a model"),
        pytest.param([BARE, MODELLED], NOT_CHECKED, id="a model for one of two"),
    ],
)
def test_what_is_not_checked_depends_on_the_models(
    found: list[Scanned], unchecked: tuple[str, ...]
) -> None:
    scanned = {SpecName(f"bot-{number}"): one for number, one in enumerate(found)}
    told = json.loads(privacy_json([], scanned))
    assert told["not_checked"] == list(unchecked)
    assert [one["model"] for one in told["privacy"].values()] == [one.model for one in found]
