"""The JSON Schema: draft 7, everything described, and this repository's own files are valid."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest

from ftops.adapters.spec_files.schema import DRAFT, What, json_schema
from ftops.adapters.spec_files.text import decode
from ftops.adapters.spec_files.yaml_reader import read_yaml

ROOT = Path(__file__).resolve().parents[3]
WHATS: tuple[What, ...] = get_args(What)
SPECS = sorted((ROOT / "specs").rglob("*.yaml"))


def errors(what: What, instance: object) -> list[str]:
    validator = jsonschema.Draft7Validator(json_schema(what))
    return [error.message for error in validator.iter_errors(instance)]


def documents(path: Path) -> list[object]:
    reading = read_yaml(decode(path.read_bytes(), path.name))
    assert reading.problems == ()
    return [document.data for document in reading.documents]


def keys(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from schema.get("properties", {}).items()
    for one in schema.get("definitions", {}).values():
        yield from one.get("properties", {}).items()


@pytest.mark.parametrize("what", WHATS)
def test_the_schema_is_of_draft_7(what: What) -> None:
    schema = json_schema(what)
    jsonschema.Draft7Validator.check_schema(schema)
    assert schema["$schema"] == DRAFT
    assert schema["$id"] == f"urn:ftops:schema:{what}"
    assert schema["title"]
    assert schema["description"]
    text = json.dumps(schema)
    assert "$defs" not in text
    assert "prefixItems" not in text


@pytest.mark.parametrize("what", WHATS)
def test_every_key_is_described(what: What) -> None:
    schema = json_schema(what)
    undescribed = [
        name
        for name, below in keys(schema)
        if not below.get("description")
        # A key that is all of a definition is described there.
        and not schema["definitions"]
        .get(below.get("$ref", "").rpartition("/")[2], {})
        .get("description")
    ]
    assert undescribed == []


@pytest.mark.parametrize("what", WHATS)
def test_nothing_stands_beside_a_reference(what: What) -> None:
    def references(node: object) -> Iterator[Mapping[str, Any]]:
        if isinstance(node, dict):
            if "$ref" in node:
                yield node
            for below in node.values():
                yield from references(below)
        elif isinstance(node, list):
            for below in node:
                yield from references(below)

    found = list(references(json_schema(what)))
    assert found
    assert all(set(reference) == {"$ref"} for reference in found)


@pytest.mark.parametrize("what", WHATS)
def test_the_committed_copy_is_what_is_generated(what: What) -> None:
    committed = (ROOT / f"docs/reference/ftops.{what}.schema.json").read_text(encoding="utf-8")
    generated = json.dumps(json_schema(what), indent=2, ensure_ascii=False) + "\n"
    assert committed == generated, (
        f"run: ftops schema {what} > docs/reference/ftops.{what}.schema.json"
    )


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in SPECS])
def test_the_specs_of_this_repository_are_valid(path: Path) -> None:
    assert [errors("spec", document) for document in documents(path)] == [[]]


def test_the_project_of_this_repository_is_valid() -> None:
    assert [errors("project", document) for document in documents(ROOT / "ftops.yaml")] == [[]]


@pytest.mark.parametrize(
    ("what", "written"),
    [
        pytest.param("spec", "name: a", id="the rest may come from the defaults"),
        pytest.param("spec", "name: a\nsuffix: '{{ git.short_sha }}'", id="a template as suffix"),
        pytest.param("spec", "name: a\nsuffix: v-{% if 1 %}a{% endif %}", id="a statement"),
        pytest.param("spec", "name: a\nmodel: {from: b}", id="another spec's model"),
        pytest.param("spec", "name: a\ndataset: {validation: {split: 0.1}}", id="a split"),
        pytest.param("spec", "name: a\ndataset: {train: [a, b]}", id="several files"),
        pytest.param(
            "spec", "name: a\nhyperparameters: {learning_rate_multiplier: 1e-1}", id="a real"
        ),
        pytest.param("project", "project: a\ndefaults: {seed: 1}", id="defaults"),
        pytest.param("project", "project: a\ntargets: {openai: {}}", id="a built-in target"),
    ],
)
def test_what_ftops_reads_is_valid(what: What, written: str) -> None:
    (document,) = read_yaml(decode(written.encode(), "a")).documents
    assert errors(what, document.data) == []


@pytest.mark.parametrize(
    ("what", "written"),
    [
        pytest.param("spec", "model: m", id="no name"),
        pytest.param("spec", "name: Not a name", id="a wrong name"),
        pytest.param("spec", "name: a\nsufix: b", id="an unknown key"),
        pytest.param("spec", "name: a\nsuffix: Not OK", id="a suffix that is no template"),
        pytest.param("spec", "name: a\nhyperparameters: {n_epochs: 60}", id="too many epochs"),
        pytest.param("spec", "name: a\nhyperparameters: {beta: 0}", id="a bound that is excluded"),
        pytest.param("spec", "name: a\nmetadata: {version: 2.0}", id="a number in metadata"),
        pytest.param("project", "{}", id="no project"),
        pytest.param("project", "project: a\ndefaults: {sufix: b}", id="an unknown default"),
        pytest.param("project", "project: a\ndefaults: {name: b}", id="a name for all"),
        pytest.param("project", "project: a\nlimits: {max_train: -1}", id="a negative limit"),
    ],
)
def test_what_ftops_refuses_is_invalid(what: What, written: str) -> None:
    (document,) = read_yaml(decode(written.encode(), "a")).documents
    assert errors(what, document.data) != []
