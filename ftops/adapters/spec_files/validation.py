"""A document → a pydantic model, or problems in plain words: each at its line, all at once."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from ftops.adapters.spec_files.document import Document, Path, dotted
from ftops.adapters.spec_files.findings import Finding, findings_of, value_at
from ftops.adapters.spec_files.shape import Shape
from ftops.adapters.spec_files.text import shown
from ftops.core.misfit import Misfit, MisfitError
from ftops.errors import Problem

Model = TypeVar("Model", bound=BaseModel)

_SECRET_KEYS: Final = frozenset({"api_key"})
_BOOLEANS: Final = {"yes": "true", "on": "true", "no": "false", "off": "false"}

_shape_of = cache(Shape)


def parse(model: type[Model], document: Document, problems: list[Problem]) -> Model | None:
    """Return the document as a model, or None after adding what is wrong to the problems."""
    try:
        parsed = model.model_validate(document.data)
    except ValidationError as error:
        problems.extend(_Words(_shape_of(model), document).problems(error))
        return None
    return None if document.broken else parsed


def check_part(model: type[Model], document: Document, problems: list[Problem]) -> None:
    """Add what is wrong with a document that need not be whole."""
    try:
        model.model_validate(document.data)
    except ValidationError as error:
        problems.extend(_Words(_shape_of(model), document, is_part=True).problems(error))


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that somebody may have meant."""
    return next(iter(get_close_matches(word, list(known), n=1)), None)


def misfit_problems(document: Document, path: Path, misfits: Iterable[Misfit]) -> Iterator[Problem]:
    """Yield a problem for each misfit below a path."""
    for misfit in misfits:
        whole = (*path, *misfit.path)
        yield document.at_value(whole, f"{shown(dotted(whole))} {misfit.message}")


class _Words:
    """Says pydantic's findings about one document in words."""

    def __init__(self, shape: Shape, document: Document, *, is_part: bool = False) -> None:
        self._shape = shape
        self._document = document
        # What a refused alias or merge key would have brought cannot be missed.
        self._may_miss = is_part or bool(document.broken)

    def problems(self, error: ValidationError) -> Iterator[Problem]:
        findings = list(findings_of(error, self._document.data))
        meant = {self._meant(one.path) for one in findings if one.kind == "extra_forbidden"}
        for one in findings:
            is_noise = one.kind == "missing" and (self._may_miss or one.path in meant)
            if not is_noise and not self._document.is_broken(one.path):
                yield from self._explained(one)

    def _explained(self, one: Finding) -> Iterator[Problem]:
        match one.kind:
            case "missing":
                yield self._missing(one.path)
            case "extra_forbidden":
                yield self._unknown_key(one.path)
            case "value_error":
                yield from self._broken_rule(one)
            case "too_long":
                most = one.details["max_length"]
                message = f"{dotted(one.path)} has more than {most} entries"
                yield self._document.at_key(one.path, message, "remove some")
            case _:
                yield self._wrong_value(one)

    def _missing(self, path: Path) -> Problem:
        about = self._shape.keys(path[:-1]).get(str(path[-1]))
        hint = f"{path[-1]}: {about}" if about else None
        return self._document.at_parent(path, f"{dotted(path)} is missing", hint)

    def _unknown_key(self, path: Path) -> Problem:
        key = str(path[-1])
        allowed = self._shape.keys(path[:-1])
        meant, home = self._meant(path), self._shape.home_of(key)
        if meant is not None:
            hint = f"did you mean {meant[-1]}?"
        elif home is not None:
            hint = f"{key} belongs under {home}"
        else:
            hint = f"allowed here: {', '.join(allowed)}"
        return self._document.at_key(path, f"unknown key {shown(dotted(path))}", hint)

    def _meant(self, path: Path) -> Path | None:
        meant = closest(str(path[-1]), self._shape.keys(path[:-1]))
        return None if meant is None else (*path[:-1], meant)

    def _broken_rule(self, one: Finding) -> Iterator[Problem]:
        error = one.details["error"]
        if isinstance(error, MisfitError):
            yield from misfit_problems(self._document, one.path, error.misfits)
        else:
            message = f"{dotted(one.path)} {error}{self._got(one.path)}"
            yield self._document.at_value(one.path, message)

    def _wrong_value(self, one: Finding) -> Problem:
        rule = self._shape.rule(one.path) if "pattern" in one.kind else None
        demand = rule or f"must be {self._shape.expectation(one.path)}"
        message = f"{shown(dotted(one.path)) or 'a document'} {demand}{self._got(one.path)}"
        return self._document.at_value(one.path, message, self._hint(one.path))

    def _got(self, path: Path) -> str:
        if path and path[-1] in _SECRET_KEYS:
            return ""
        match value_at(self._document.data, path):
            case None:
                return ", not empty"
            case dict():
                return ", not a mapping"
            case list() as entries:
                return ", not a list" if entries else ", not an empty list"
            case str() as text:
                return f", not '{shown(text)}'"
            case number:
                return f", not {self._spelled(path, number)}"

    def _hint(self, path: Path) -> str | None:
        wants_text = self._shape.accepts(path, "string") and not self._shape.choices(path)
        match value_at(self._document.data, path):
            case str() as text:
                return self._hint_for_text(path, text)
            case None if self._shape.accepts(path, "object"):
                return "write {}, or remove the key"
            case None:
                return "give it a value, or remove the key"
            case int() | float() as number if wants_text and path[-1] not in _SECRET_KEYS:
                return f'quote it: "{self._spelled(path, number)}"'
            case _:
                return None

    def _hint_for_text(self, path: Path, text: str) -> str | None:
        if self._shape.accepts(path, "boolean") and text.lower() in _BOOLEANS:
            return f"YAML 1.2 knows true and false only: write {_BOOLEANS[text.lower()]}"
        wants_number = self._shape.accepts(path, "integer") or self._shape.accepts(path, "number")
        number = text.strip().replace("_", "")
        if wants_number and _is_number(number):
            return f"write it as a number, without quotes: {shown(number)}"
        meant = closest(text.lower(), self._shape.choices(path))
        return None if meant is None else f"did you mean {meant}?"

    def _spelled(self, path: Path, number: object) -> str:
        return shown(self._document.spelled(path) or str(number))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
