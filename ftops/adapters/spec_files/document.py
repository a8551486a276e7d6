"""`Document`: one YAML document as plain data, with the place of every key and value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ftops.adapters.spec_files.text import SourceText
from ftops.errors import Problem

Path = tuple[str | int, ...]

ROOT: Final[Path] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The characters of one key and its value; an entry of a list has no key.

    `start` is where the value begins and `stop` where it ends; `below` names the keys above the
    document's own root, such as `defaults.`.
    """

    source: SourceText
    key: int | None
    start: int
    stop: int
    below: str = ""

    @property
    def spelled(self) -> str:
        """Return the value as it is written in the file."""
        return self.source.text[self.start : self.stop].strip()

    @property
    def best_offset(self) -> int:
        """Return where to point: at the value, or at its key where it has no text."""
        return self.start if self.key is None or self.stop > self.start else self.key

    @property
    def key_offset(self) -> int:
        """Return where to point when the key is what is wrong."""
        return self.start if self.key is None else self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Plain data and the span of each node by its path; `broken` nodes were reported already.

    Whatever reports a finding has the span of its root at least.
    """

    source: SourceText
    data: Any
    spans: Mapping[Path, Span] = field(default_factory=dict)
    broken: frozenset[Path] = frozenset()

    @property
    def line(self) -> int:
        """Return the line that the document's content begins on."""
        return self.source.place(self.spans[ROOT].start)[0]

    def lines(self, fields: Iterable[str]) -> Mapping[str, int]:
        """Return the lines of those fields, such as `dataset.train`, that stand in this file."""
        spans = ((name, self.spans.get(tuple(name.split(".")))) for name in fields)
        return {
            name: self.source.place(span.key_offset)[0]
            for name, span in spans
            if span is not None and span.source is self.source
        }

    def spelled(self, path: Path) -> str | None:
        """Return a value as it is written, if it stands in a file."""
        span = self.spans.get(path)
        return None if span is None else span.spelled

    def at_value(self, path: Path, message: str, hint: str | None = None) -> Problem:
        """Return a finding about a value."""
        span = self._nearest(path)
        return _problem(path, span, span.best_offset, message, hint)

    def at_key(self, path: Path, message: str, hint: str | None = None) -> Problem:
        """Return a finding about a key."""
        span = self._nearest(path)
        return _problem(path, span, span.key_offset, message, hint)

    def at_parent(self, path: Path, message: str, hint: str | None = None) -> Problem:
        """Return a finding about a key that is missing: it points at the mapping, in this file."""
        span = self._nearest(path[:-1])
        if span.source is not self.source:
            span = self.spans[ROOT]
        return _problem(path, span, span.key_offset, message, hint)

    def at_text_line(self, path: Path, line: int, message: str, hint: str | None = None) -> Problem:
        """Return a finding about one line of a text; only a `|` block has lines of its own."""
        span = self._nearest(path)
        if not span.spelled.startswith("|"):
            return self.at_value(path, message, hint)
        offset = span.start
        for _ in range(line):
            offset = max(offset, span.source.text.find("\n", offset) + 1)
        text = span.source.text
        while text[offset : offset + 1] == " ":
            offset += 1
        return _problem(path, span, offset, message, hint)

    def is_broken(self, path: Path) -> bool:
        """Say whether the node or one around it was reported already."""
        return any(path[:length] in self.broken for length in range(len(path) + 1))

    def below(self, key: str) -> "Document":
        """Return the mapping under a key as a document of its own."""
        spans = {
            path[1:]: replace(span, below=f"{span.below}{key}.")
            for path, span in self.spans.items()
            if path[:1] == (key,)
        }
        broken = frozenset(path[1:] for path in self.broken if path[:1] == (key,))
        return Document(source=self.source, data=self.data[key], spans=spans, broken=broken)

    def over(self, base: "Document") -> "Document":
        """Return this document with the base's values where it has none of its own."""
        if not base.data:
            return self
        data = _merged(self.data, base.data)
        return replace(self, data=data, spans={**base.spans, **self.spans})

    def with_value(self, path: Path, value: str) -> "Document":
        """Return the document with another text at a path that exists."""
        return replace(self, data=_with_value(self.data, path, value))

    def _nearest(self, path: Path) -> Span:
        while path and path not in self.spans:
            path = path[:-1]
        return self.spans[path]


def dotted(path: Path) -> str:
    """Return a path as people write it: `dataset.train[0]`."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return text.removeprefix(".")


def _problem(path: Path, span: Span, offset: int, message: str, hint: str | None) -> Problem:
    field = (span.below + dotted(path)) or None
    return span.source.problem(offset, message, field=field, hint=hint)


def _merged(own: object, base: object) -> object:
    if not (isinstance(own, dict) and isinstance(base, dict)):
        return own
    both = {key: _merged(own[key], base[key]) if key in own else base[key] for key in base}
    return {**both, **{key: value for key, value in own.items() if key not in base}}


def _with_value(within: object, path: Path, value: str) -> object:
    if not (path and isinstance(within, dict)):
        return value
    return {**within, path[0]: _with_value(within[path[0]], path[1:], value)}
