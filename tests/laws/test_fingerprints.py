"""A fingerprint depends on what is meant, not on how it is written, called or described."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ftops.adapters.spec_files.around import Around
from ftops.adapters.spec_files.source import SpecFiles
from ftops.adapters.spec_files.written.spec import FineTuneSpec
from ftops.core.cost import Tariff
from ftops.core.desired import Declared, pin
from ftops.core.names import Fingerprint
from ftops.core.project import Project
from tests.fakes.specs import TARGET, pins
from tests.laws.search import DEEP, QUICK

Plain = dict[str, Any]

NUMBERS = st.sampled_from([0.1, 0.5, 1, 1.0, 2, 1e-5, 1.8])
HYPERPARAMETERS = st.fixed_dictionaries(
    {},
    optional={
        "n_epochs": st.integers(1, 50),
        "batch_size": st.integers(1, 256),
        "learning_rate_multiplier": NUMBERS,
    },
)
SPECS = st.fixed_dictionaries(
    {
        "name": st.just("triage"),
        "model": st.sampled_from(["gpt-4.1-mini-2025-04-14", "davinci-002"]),
        "dataset": st.just({"train": "datasets/triage.jsonl"}),
        "hyperparameters": HYPERPARAMETERS,
    },
    optional={
        "suffix": st.sampled_from(["v1", "v-2", "no", "1"]),
        "seed": st.integers(0, 2147483647),
        "generation": st.integers(1, 3),
        "method": st.just("supervised"),
    },
)
PAIRS = st.dictionaries(
    st.sampled_from(["version", "owner", "on", "1"]),
    st.text("abc: #-\"'[]\\\nü0.", max_size=20),
    max_size=3,
)
WANDB = {"type": "wandb", "wandb": {"project": "tunes"}}


@st.composite
def written_otherwise(draw: st.DrawFn, plain: Plain) -> Plain:
    """Draw the same training in other words: names, metadata, key order, `auto` spelled out."""
    auto = dict.fromkeys(("n_epochs", "batch_size", "learning_rate_multiplier"), "auto")
    hyperparameters = plain["hyperparameters"]
    if draw(st.booleans()):
        hyperparameters = {**auto, **hyperparameters}
    number = hyperparameters.get("learning_rate_multiplier")
    if isinstance(number, int):
        hyperparameters = {**hyperparameters, "learning_rate_multiplier": float(number)}
    other = {
        "method": "supervised",
        "generation": 1,
        **plain,
        "hyperparameters": _shuffled(draw, hyperparameters),
        "name": draw(st.sampled_from(["triage", "renamed"])),
        "metadata": draw(PAIRS),
        "integrations": draw(st.sampled_from([[], [WANDB]])),
    }
    return _shuffled(draw, other)


def _shuffled(draw: st.DrawFn, plain: Plain) -> Plain:
    return dict(draw(st.permutations(list(plain.items()))))


def fingerprint(one: Declared) -> Fingerprint:
    return pin(one, pins("rows"), target=TARGET, tariff=Tariff()).fingerprint


def parsed(plain: Plain) -> Declared:
    spec = FineTuneSpec.model_validate(plain).meant()
    return Declared(spec=spec, path="specs/triage.yaml", suffix_identity=spec.suffix)


BOTH = SPECS.flatmap(lambda plain: st.tuples(st.just(plain), written_otherwise(plain)))


@QUICK
@given(BOTH)
def test_a_fingerprint_ignores_order_names_and_labels(both: tuple[Plain, Plain]) -> None:
    one, other = both
    assert fingerprint(parsed(one)) == fingerprint(parsed(other))


@QUICK
@given(SPECS, SPECS)
def test_other_trainings_have_other_fingerprints(one: Plain, other: Plain) -> None:
    meant = [
        {"method": "supervised", "generation": 1, "suffix": None, "seed": None, **plain}
        for plain in (one, other)
    ]
    same = meant[0] == meant[1]
    assert (fingerprint(parsed(one)) == fingerprint(parsed(other))) is same


@st.composite
def spellings(draw: st.DrawFn, plain: Plain) -> str:
    """Draw YAML text that says this: block or flow, indented and commented as people like it."""
    flow = draw(st.sampled_from([None, True, False]))
    text = yaml.safe_dump(
        plain,
        default_flow_style=flow,
        indent=draw(st.integers(2, 6)),
        width=draw(st.sampled_from([40, 100, 1_000])),
        allow_unicode=draw(st.booleans()),
        sort_keys=False,
        explicit_start=draw(st.booleans()),
        line_break=draw(st.sampled_from(["\n", "\r\n"])),
    )
    comments = draw(st.lists(st.sampled_from(["# why", "", "  # deeper", "#"]), max_size=3))
    return "\n".join([*comments, text])


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("project")
    (found / "specs").mkdir()
    return found


def read(root: Path, text: str) -> Declared:
    (root / "specs" / "triage.yaml").write_text(text, encoding="utf-8", newline="")
    source = SpecFiles(
        root,
        Project(project="acme"),
        Around(git=dict, environment={}, now=lambda: datetime(2026, 11, 22, tzinfo=UTC)),
    )
    (found,) = source.specs()
    return found


SPELLED = BOTH.flatmap(
    lambda both: st.tuples(st.just(both[0]), spellings(both[0]), spellings(both[1]))
)


def check_spellings(root: Path, spelled: tuple[Plain, str, str]) -> None:
    plain, one, other = spelled
    expected = fingerprint(parsed(plain))
    assert fingerprint(read(root, one)) == expected
    assert fingerprint(read(root, other)) == expected


@QUICK
@given(SPELLED)
def test_a_fingerprint_ignores_formatting(root: Path, spelled: tuple[Plain, str, str]) -> None:
    check_spellings(root, spelled)


@pytest.mark.deep
@DEEP
@given(SPELLED)
def test_a_fingerprint_ignores_formatting_searched_deeply(
    root: Path, spelled: tuple[Plain, str, str]
) -> None:
    check_spellings(root, spelled)
