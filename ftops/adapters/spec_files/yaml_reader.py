"""YAML text → plain data with positions: YAML 1.2's meaning, and nothing that could surprise."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import yaml

from ftops.adapters.spec_files.document import Document, Path
from ftops.adapters.spec_files.scalars import NotJsonError, Scalar, is_text, scalar
from ftops.adapters.spec_files.syntax_errors import syntax_problem
from ftops.adapters.spec_files.text import SourceText, has_control, shown
from ftops.adapters.spec_files.tree import Tree
from ftops.errors import Problem

MAX_DEPTH: Final = 50
MAX_NODES: Final = 100_000
MAX_PROBLEMS: Final = 20

Loader = type[yaml.SafeLoader] | type[yaml.CSafeLoader]

PURE_PYTHON: Final[Loader] = yaml.SafeLoader
FASTEST: Final[Loader] = getattr(yaml, "CSafeLoader", PURE_PYTHON)

_SHARE: Final = "what all specs share belongs under defaults in ftops.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one file holds: its documents as far as they could be read, and every finding."""

    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]


def read_yaml(source: SourceText, loader: Loader = FASTEST) -> Reading:
    """Read every document of a file; a finding that makes the rest unreadable ends the reading."""
    reader = _Reader(source)
    try:
        for event in _events(source, loader):
            reader.take(event)
    except _UnreadableError as end:
        reader.problems.append(end.problem)
    return Reading(documents=tuple(reader.documents), problems=tuple(reader.problems))


class _UnreadableError(Exception):
    """Ends the reading of a file."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def _events(source: SourceText, loader: Loader) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(source.text, Loader=loader)
    except yaml.YAMLError as error:
        raise _UnreadableError(syntax_problem(source, error)) from error
    except (ValueError, OverflowError) as error:
        # The pure Python scanner lets chr() fail on "\UFFFFFFFF", without a position.
        offset = max(0, source.text.find("\\U"))
        message = "not valid YAML: an escape that is no character"
        raise _UnreadableError(source.problem(offset, message, hint="remove it")) from error


class _Reader:
    """Takes the parser's events one by one, and refuses before it builds."""

    def __init__(self, source: SourceText) -> None:
        self.documents: list[Document] = []
        self.problems: list[Problem] = []
        self._source = source
        self._tree = Tree(source)
        self._nodes = 0

    def take(self, event: yaml.Event) -> None:
        match event:
            case yaml.DocumentStartEvent():
                self._begin(event)
            case yaml.DocumentEndEvent():
                self.documents.append(self._tree.finish())
            case yaml.AliasEvent():
                self._take_alias(event)
            case yaml.ScalarEvent():
                self._take_scalar(event)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._open(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._tree.close(_stop(event))
            case _:
                pass

    def _begin(self, event: yaml.DocumentStartEvent) -> None:
        self._tree = Tree(self._source)
        if event.version not in {None, (1, 2)}:
            self._report(event, "declares a YAML version other than 1.2", "remove the %YAML line")
        if event.tags:
            self._report(event, "declares YAML tags", "remove the %TAG line: a spec is plain data")

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        if self._tree.awaits_key:
            is_template = self._source.text[: _start(event) + 1].endswith("{{")
            hint = 'put the template in quotes: "{{ … }}"' if is_template else "a key is plain text"
            raise self._end(event, "a mapping or a list cannot be a key", hint)
        if self._tree.depth >= MAX_DEPTH:
            raise self._end(event, f"nested deeper than {MAX_DEPTH} levels", "flatten it")
        self._refuse_marks(event, self._tree.next_path)
        if isinstance(event, yaml.MappingStartEvent):
            self._tree.open_mapping(_start(event))
        else:
            self._tree.open_list(_start(event))

    def _take_alias(self, event: yaml.AliasEvent) -> None:
        self._report(
            event, f"the alias *{shown(event.anchor or '')}", f"write the value out; {_SHARE}"
        )
        if self._tree.awaits_key:
            self._tree.take_key(f"*{event.anchor}", _start(event))
            self._tree.mark_broken(self._tree.next_path)
        else:
            self._tree.mark_broken(self._tree.next_path)
            self._tree.add(None, _start(event), _stop(event))

    def _take_scalar(self, event: yaml.ScalarEvent) -> None:
        if self._tree.awaits_key:
            self._take_key(event)
            return
        path = self._tree.next_path
        self._refuse_marks(event, path)
        self._tree.add(self._value(event, path), _start(event), _stop(event))

    def _take_key(self, event: yaml.ScalarEvent) -> None:
        offset = _start(event)
        first = self._tree.take_key(event.value, offset)
        path = self._tree.next_path
        self._refuse_marks(event, path)
        key = shown(event.value)
        if first != offset:
            line = self._source.place(first)[0]
            message = f"the key {key} stands here twice, first on line {line}"
            self._report(event, message, "keep one of the two")
        if event.value == "<<" and not event.style:
            self._report(event, "the merge key <<", f"write the keys out; {_SHARE}", broken=path)
        elif event.style:
            self._value(event, path)
        elif not is_text(event.value):
            said = f"the key {key} is no text" if key else "a key without a name"
            self._report(event, said, f'quote it: "{key}"', broken=path)

    def _value(self, event: yaml.ScalarEvent, path: Path) -> Scalar:
        if event.style:
            if event.style == '"' and has_control(event.value):
                self._report(event, "an escape that stands for no text", "remove it", broken=path)
            return event.value
        try:
            return scalar(event.value)
        except NotJsonError as error:
            hint = f'quote it if it is text: "{shown(event.value)}"'
            self._report(event, str(error), hint, broken=path)
            return None

    def _refuse_marks(
        self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, path: Path
    ) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise self._end(event, f"more than {MAX_NODES} values", "split it into several files")
        if event.anchor is not None:
            self._report(event, f"the anchor &{shown(event.anchor)}", f"remove it; {_SHARE}")
        if event.tag is not None:
            tag = shown(event.tag.replace("tag:yaml.org,2002:", "!!"))
            self._report(event, f"the tag {tag}", "remove it: a spec is plain data", broken=path)

    def _report(
        self, event: yaml.Event, message: str, hint: str, broken: Path | None = None
    ) -> None:
        self.problems.append(self._source.problem(_start(event), message, hint=hint))
        if broken is not None:
            self._tree.mark_broken(broken)
        if len(self.problems) >= MAX_PROBLEMS:
            raise self._end(event, "too many findings; the rest was not read", "mend these first")

    def _end(self, event: yaml.Event, message: str, hint: str) -> _UnreadableError:
        return _UnreadableError(self._source.problem(_start(event), message, hint=hint))


def _start(event: yaml.Event) -> int:
    return event.start_mark.index if event.start_mark else 0


def _stop(event: yaml.Event) -> int:
    return event.end_mark.index if event.end_mark else 0
