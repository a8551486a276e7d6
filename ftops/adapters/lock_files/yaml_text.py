"""YAML as locks use it: plain data only, read as YAML 1.2, written so that 1.1 reads the same."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml
from typing_extensions import override

MAX_DEPTH: Final = 32
_WIDE: Final = 1 << 30

_WORDS: Final[Mapping[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_WHOLE: Final = re.compile(r"[-+]?[0-9]+")
_REAL: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_LONGEST_NUMBER: Final = 64


class YamlError(Exception):
    """What is wrong with a text, and on which line."""

    def __init__(self, message: str, line: int | None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlText:
    """A mapping as read, and the line of each key of it or of a mapping in it, by dotted path."""

    content: dict[str, Any]
    lines: Mapping[str, int]


def read_mapping(text: str) -> YamlText:
    """Return the one mapping that the text is; YamlError if it is anything else.

    It is built from parser events: PyYAML's C composer overflows the stack on deep nesting.
    """
    try:
        reading = _Reading(text)
        return reading.document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        raise YamlError(error.problem or "it is not YAML", line) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise YamlError("it has characters that no text has", line) from error


def write_mapping(content: Mapping[str, Any], moments: frozenset[str]) -> str:
    """Return block YAML in the mapping's own order; `moments` names keys that hold times."""
    marked = {
        key: _Moment(value) if key in moments and isinstance(value, str) else value
        for key, value in content.items()
    }
    return yaml.dump(marked, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDE)


class _Reading:
    """One pass over the events of a text."""

    def __init__(self, text: str) -> None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._events = yaml.parse(text, Loader=loader)
        self._depth = 0
        self._lines: dict[str, int] = {}

    def document(self) -> YamlText:
        self._next()
        if not isinstance(self._next(), yaml.DocumentStartEvent):
            raise YamlError("it is empty", 1)
        event = self._next()
        if not isinstance(event, yaml.MappingStartEvent):
            raise YamlError("it is no mapping of keys to values", _line(event))
        content = self._mapping("")
        self._next()
        after = self._next()
        if not isinstance(after, yaml.StreamEndEvent):
            raise YamlError("a second document begins here", _line(after))
        return YamlText(content=content, lines=self._lines)

    def _next(self) -> yaml.Event:
        return next(self._events)

    def _mapping(self, path: str) -> dict[str, Any]:
        content: dict[str, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._value(event, "")
            if not isinstance(key, str):
                raise YamlError("a key is no text", _line(event))
            if key in content:
                raise YamlError(f"the key {key!r} stands here twice", _line(event))
            self._lines[f"{path}{key}"] = _line(event)
            content[key] = self._value(self._next(), f"{path}{key}.")
        return content

    def _sequence(self, path: str) -> list[Any]:
        content = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            content.append(self._value(event, path))
        return content

    def _value(self, event: yaml.Event, path: str) -> Any:  # noqa: ANN401 - any JSON value is the point
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise YamlError("anchors and aliases have no place in a lock", _line(event))
        if getattr(event, "tag", None) is not None:
            raise YamlError("tags have no place in a lock", _line(event))
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise YamlError("it is nested too deep", _line(event))
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        content = self._mapping(path) if is_mapping else self._sequence(path)
        self._depth -= 1
        return content


def _scalar(event: yaml.ScalarEvent) -> str | float | bool | None:
    text: str = event.value
    if not event.implicit[0]:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > _LONGEST_NUMBER:
        return text
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _REAL.fullmatch(text) else text


def _line(event: yaml.Event) -> int:
    return 1 if event.start_mark is None else event.start_mark.line + 1


class _Moment(str):
    """A time in ISO 8601, written without quotes."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Quotes a text that either version of YAML would read as something else."""

    @override
    def write_double_quoted(self, text: str, split: bool = True) -> None:
        """Spell out what no eye sees, such as the mark that turns the line's rest around."""
        self.allow_unicode = text.isprintable()
        super().write_double_quoted(text, split)
        self.allow_unicode = True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    plain = dumper.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    ambiguous = plain != "tag:yaml.org,2002:str" or _REAL.fullmatch(text) is not None
    style = '"' if ambiguous or not text.isprintable() else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _represent_moment(dumper: yaml.SafeDumper, moment: _Moment) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", str(moment))


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(_Moment, _represent_moment)
