"""The JSON Schema (draft 7) of a spec and of ftops.yaml, as editors want it."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import BaseModel

from ftops.adapters.spec_files.written.project import Project
from ftops.adapters.spec_files.written.spec import FineTuneSpec
from ftops.core.spec import MAX_SUFFIX

What = Literal["spec", "project"]

DRAFT: Final = "http://json-schema.org/draft-07/schema#"

_SUFFIX_RULE: Final = f"must be 1 to {MAX_SUFFIX} characters of a-z, 0-9 and -, or a template"
_SUFFIX: Final = rf"^[a-z0-9-]{{1,{MAX_SUFFIX}}}$|\{{[{{%#]"


def json_schema(what: What) -> dict[str, Any]:
    """Return the schema of one spec document, or of ftops.yaml.

    What a spec must have may come from the project's defaults, so only its name is required.
    """
    spec = _draft_7(FineTuneSpec)
    definitions = spec.pop("definitions")
    definitions["Dataset"].pop("required")
    spec["properties"]["suffix"]["anyOf"][0] |= {
        "pattern": _SUFFIX,
        "patternErrorMessage": _SUFFIX_RULE,
    }
    spec["required"] = ["name"]
    if what == "spec":
        return _headed("spec", "A fine-tune that ftops keeps", spec, definitions)
    project = _draft_7(Project)
    defaults = {key: below for key, below in spec["properties"].items() if key != "name"}
    project["properties"]["defaults"] |= {
        "properties": defaults,
        "additionalProperties": False,
    }
    definitions |= project.pop("definitions")
    return _headed("project", "ftops.yaml", project, definitions)


def _headed(
    what: What, title: str, schema: Mapping[str, Any], definitions: Mapping[str, Any]
) -> dict[str, Any]:
    head = {"$schema": DRAFT, "$id": f"urn:ftops:schema:{what}"}
    return {**head, **schema, "title": title, "definitions": dict(sorted(definitions.items()))}


def _draft_7(model: type[BaseModel]) -> dict[str, Any]:
    schema: dict[str, Any] = _translated(model.model_json_schema(by_alias=True))
    return schema


def _translated(node: Any) -> Any:  # noqa: ANN401  (a JSON Schema is any JSON)
    if isinstance(node, list):
        return [_translated(one) for one in node]
    if isinstance(node, str):
        return node.replace("#/$defs/", "#/definitions/")
    if not isinstance(node, dict):
        return node
    translated = {
        "definitions" if key == "$defs" else key: _translated(below)
        for key, below in node.items()
        if not _is_noise(key, below)
    }
    if "$ref" in translated and len(translated) > 1:
        # Draft 7 takes no notice of what stands beside a $ref.
        translated["allOf"] = [{"$ref": translated.pop("$ref")}]
    return translated


def _is_noise(key: str, below: object) -> bool:
    # Titles that pydantic makes of names, and defaults that only say "nothing written".
    if key == "default":
        return below is None or isinstance(below, dict)
    return key == "title" and isinstance(below, str)
