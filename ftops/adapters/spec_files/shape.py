"""What a model expects at a path, read from its JSON Schema and said in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from ftops.adapters.spec_files.document import Path

Schema = Mapping[str, Any]

# The key that yaml-language-server shows in place of a regular expression.
_RULE = "patternErrorMessage"


class Shape:
    """The JSON Schema of one pydantic model, to be asked by path."""

    def __init__(self, model: type[BaseModel]) -> None:
        self._root = model.model_json_schema(by_alias=True)

    def expectation(self, path: Path) -> str:
        """Return what the value must be: `a whole number from 1 to 50, or auto`."""
        words: list[str] = []
        for schema in self._at(path):
            words.extend(word for word in _words(schema) if word not in words)
        if len(words) <= 1:
            return "".join(words)
        either = ", or " if " " in words[0] else " or "
        return f"{', '.join(words[:-1])}{either}{words[-1]}"

    def accepts(self, path: Path, kind: str) -> bool:
        """Say whether a JSON Schema type may stand at the path."""
        return any(schema.get("type") == kind for schema in self._at(path))

    def choices(self, path: Path) -> tuple[str, ...]:
        """Return the words that may stand at the path, if it wants certain words."""
        return tuple(word for schema in self._at(path) for word in _choices(schema))

    def rule(self, path: Path) -> str | None:
        """Return what the pattern of a text demands, in words."""
        return next((schema[_RULE] for schema in self._at(path) if _RULE in schema), None)

    def keys(self, path: Path) -> dict[str, str]:
        """Return the keys a mapping at the path may have, each with its description."""
        return {
            key: str(below.get("description", ""))
            for schema in self._at(path)
            for key, below in schema.get("properties", {}).items()
        }

    def home_of(self, key: str) -> str | None:
        """Return the top-level section that a misplaced key belongs under."""
        return next((name for name in self.keys(()) if key in self.keys((name,))), None)

    def _at(self, path: Path) -> tuple[Schema, ...]:
        found = tuple(self._alternatives(self._root))
        for step in path:
            found = tuple(
                alternative
                for schema in found
                for below in _below(schema, step)
                for alternative in self._alternatives(below)
            )
        return found

    def _alternatives(self, schema: Schema) -> Iterator[Schema]:
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            yield from self._alternatives(self._root["$defs"][name])
        elif "anyOf" in schema:
            for one in schema["anyOf"]:
                yield from self._alternatives(one)
        else:
            yield schema


def _below(schema: Schema, step: str | int) -> Iterator[Schema]:
    if isinstance(step, int):
        below = schema.get("items")
    else:
        below = schema.get("properties", {}).get(step, schema.get("additionalProperties"))
    if isinstance(below, Mapping):
        yield below


def _choices(schema: Schema) -> tuple[str, ...]:
    if "const" in schema:
        return (str(schema["const"]),)
    return tuple(map(str, schema.get("enum", ())))


def _words(schema: Schema) -> tuple[str, ...]:
    choices = _choices(schema)
    if choices:
        return choices
    match schema.get("type"):
        case "integer":
            return (f"a whole number{_bounds(schema)}",)
        case "number":
            return (f"a number{_bounds(schema)}",)
        case "boolean":
            return ("true", "false")
        case "string":
            return ("text that is not empty" if schema.get("minLength") else "text",)
        case "array":
            return ("a list with an entry" if schema.get("minItems") else "a list",)
        case "object":
            return (_mapping_words(schema),)
        case _:
            return ()


def _mapping_words(schema: Schema) -> str:
    required = schema.get("required", ())
    keys = ", ".join(f"{key}: …" for key in required)
    return f"a mapping {{{keys}}}" if keys else "a mapping"


def _bounds(schema: Schema) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    above = schema.get("exclusiveMinimum")
    if least is not None and most is not None:
        return f" from {least} to {most}"
    low = f" of at least {least}" if least is not None else ""
    low = f" above {above:g}" if above is not None else low
    return f"{low} and at most {most:g}" if most is not None else low
