"""Names and places by a language model: a tiny one, made here, where the extra is installed."""

import builtins
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ftops.adapters.dataset_files import name_models
from ftops.adapters.dataset_files.name_models import NameModels
from ftops.adapters.dataset_files.paths import PathRefusedError
from ftops.adapters.dataset_files.privacy import DataPrivacy
from ftops.core.privacy import Kind
from ftops.core.spec import Presidio
from ftops.dataset.privacy.scanned import Scanned
from ftops.errors import DatasetError
from tests.fakes.specs import declared

MODEL = "models/tiny"
TRAIN = "datasets/t.jsonl"
WANTED = Presidio(model=MODEL)


@pytest.fixture(name="root")
def _root(tmp_path: Path) -> Path:
    """A project with a model of two names and a place, and rows that say them."""
    spacy = pytest.importorskip("spacy", reason="make check-pii installs ftops[pii]")
    pytest.importorskip("presidio_analyzer", reason="make check-pii installs ftops[pii]")
    nlp = spacy.blank("en")
    nlp.meta["name"] = "tiny"
    patterns = [("PERSON", "Jane Doe"), ("PERSON", "Ann"), ("GPE", "Springfield"), ("ORG", "Acme")]
    nlp.add_pipe("entity_ruler").add_patterns(
        [{"label": label, "pattern": pattern} for label, pattern in patterns]
    )
    (tmp_path / MODEL).parent.mkdir()
    nlp.to_disk(tmp_path / MODEL)
    write(tmp_path, "I am Jane Doe of Acme in Springfield.", "Hi! Write to ann@qualo.net, Ann.")
    return tmp_path


def write(root: Path, asked: str, said: str) -> None:
    messages = [{"role": "user", "content": asked}, {"role": "assistant", "content": said}]
    path = root / TRAIN
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"messages": messages}) + "\n", encoding="utf-8")


def look(root: Path, **privacy: object) -> Scanned:
    wanted = declared(dataset={"train": TRAIN}, privacy={"presidio": {"model": MODEL}, **privacy})
    guard = DataPrivacy(root)
    found = guard.look(wanted)
    guard.close()
    return found


def test_names_and_places_are_found_beside_all_else_and_never_shown(root: Path) -> None:
    scanned = look(root)
    assert scanned.model == "en_tiny 0.0.0"
    assert scanned.counts == {Kind.PERSON_NAME: 2, Kind.LOCATION: 1, Kind.EMAIL: 1}
    told = {one.code.value: (one.path, one.message) for one in scanned.findings}
    assert told["FT364"] == (
        "messages[0].content",
        "This looks like a place or an address: S***",
    )
    assert "Jane" not in str(scanned.findings)
    assert "Springfield" not in str(scanned.findings)


def test_a_spec_says_what_names_do(root: Path) -> None:
    blocked = look(root, block=["person-name"], ignore=["location"])
    assert Kind.LOCATION not in blocked.counts
    assert {one.severity.value for one in blocked.findings if one.code == "FT363"} == {"error"}


def test_what_was_found_is_known_until_the_model_changes(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = look(root)
    # Whoever looked again would fail: pieces of no length are none.
    monkeypatch.setattr(name_models, "LONGEST", 0)
    assert look(root) == first
    ruler = next((root / MODEL).rglob("*.jsonl"))
    ruler.write_text(ruler.read_text().replace("Jane Doe", "John Doe"), encoding="utf-8")
    monkeypatch.setattr(name_models, "LONGEST", 100_000)
    assert look(root).counts[Kind.PERSON_NAME] == 1


def test_long_texts_are_looked_at_in_pieces(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(name_models, "LONGEST", 20)
    text = "." * 20 + "Jane Doe, " + "." * 10 + "Ann"
    found = NameModels(root, allow_outside=False).open(WANTED).look(text)
    assert [text[one.start : one.end] for one in found] == ["Jane Doe", "Ann"]


def test_a_model_that_is_broken_is_a_problem_of_the_spec(root: Path) -> None:
    (root / MODEL / "config.cfg").unlink()
    with pytest.raises(DatasetError, match="the model models/tiny cannot be loaded: "):
        look(root)


def no_model(root: Path) -> None:
    """Leave the folder empty."""
    (root / MODEL).mkdir(parents=True)


def odd_meta(root: Path) -> None:
    no_model(root)
    (root / MODEL / "meta.json").write_text("[", encoding="utf-8")


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    no_model(tmp_path)
    with pytest.raises(PathRefusedError, match="no folder of a spaCy model"):
        NameModels(tmp_path, allow_outside=False).open(WANTED)


def test_a_model_elsewhere_is_refused_unless_it_may_be_there(tmp_path: Path) -> None:
    odd_meta(tmp_path)
    below = tmp_path / "project"
    below.mkdir()
    away = Presidio(model=f"../{MODEL}")
    with pytest.raises(PathRefusedError, match="leads out of the project"):
        NameModels(below, allow_outside=False).open(away)
    (below / "link").symlink_to(tmp_path / MODEL)
    with pytest.raises(PathRefusedError, match="leads out of the project"):
        NameModels(below, allow_outside=False).open(Presidio(model="link"))
    opened = NameModels(below, allow_outside=True)
    assert opened.open(away) is opened.open(away)


@pytest.mark.parametrize(
    ("meta", "name"),
    [
        pytest.param({"lang": "en", "name": "core_web_sm", "version": "3.8.0"}, None, id="whole"),
        pytest.param({"name": "mine"}, "mine", id="a name alone"),
        pytest.param({}, "", id="nothing"),
    ],
)
def test_a_model_tells_its_name(tmp_path: Path, meta: dict[str, str], name: str | None) -> None:
    odd_meta(tmp_path)
    (tmp_path / MODEL / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
    model = NameModels(tmp_path, allow_outside=False).open(WANTED)
    assert model.name == ("en_core_web_sm 3.8.0" if name is None else name)


def test_odd_papers_of_a_model_are_refused(tmp_path: Path) -> None:
    odd_meta(tmp_path)
    with pytest.raises(PathRefusedError, match="cannot be loaded"):
        _ = NameModels(tmp_path, allow_outside=False).open(WANTED).name


def test_without_the_extra_its_name_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd_meta(tmp_path)
    honest = builtins.__import__

    def bare(name: str, *more: Any) -> ModuleType:  # noqa: ANN401 - as the import of Python has it
        if name == "spacy":
            raise ImportError(name)
        return honest(name, *more)

    monkeypatch.setattr(builtins, "__import__", bare)
    with pytest.raises(PathRefusedError, match="needs Presidio, which is not installed") as caught:
        NameModels(tmp_path, allow_outside=False).open(WANTED).look("Jane")
    assert "pip install 'ftops[pii]'" in (caught.value.hint or "")
