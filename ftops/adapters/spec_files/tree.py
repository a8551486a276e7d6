"""Puts the nodes of one YAML document together, without recursion, and remembers their places."""

from dataclasses import dataclass, field

from ftops.adapters.spec_files.document import Document, Path, Span
from ftops.adapters.spec_files.scalars import Scalar
from ftops.adapters.spec_files.text import SourceText


@dataclass(slots=True, kw_only=True)
class _Open:
    """A mapping or a list whose end was not seen yet; `key` waits for its value."""

    path: Path
    content: dict[str, object] | list[object]
    start: int
    key: tuple[str, int] | None = None
    first_seen: dict[str, int] = field(default_factory=dict)


class Tree:
    """The document being read; offsets are those of the source's characters."""

    def __init__(self, source: SourceText) -> None:
        self._source = source
        self._open: list[_Open] = []
        self._spans: dict[Path, Span] = {}
        self._broken: set[Path] = set()
        self._root: object = None

    @property
    def depth(self) -> int:
        """Return how many mappings and lists are open."""
        return len(self._open)

    @property
    def awaits_key(self) -> bool:
        """Say whether the next node is a key of a mapping."""
        if not self._open:
            return False
        innermost = self._open[-1]
        return isinstance(innermost.content, dict) and innermost.key is None

    @property
    def next_path(self) -> Path:
        """Return the path of the value that comes next."""
        if not self._open:
            return ()
        innermost = self._open[-1]
        last = len(innermost.content) if innermost.key is None else innermost.key[0]
        return (*innermost.path, last)

    def open_mapping(self, start: int) -> None:
        """Begin a mapping."""
        self._begin({}, start)

    def open_list(self, start: int) -> None:
        """Begin a list."""
        self._begin([], start)

    def close(self, stop: int) -> None:
        """End the innermost mapping or list."""
        done = self._open.pop()
        self.add(done.content, done.start, stop)

    def take_key(self, key: str, offset: int) -> int:
        """Take a key and return where the mapping first held it: here, unless it is doubled."""
        innermost = self._open[-1]
        innermost.key = (key, offset)
        return innermost.first_seen.setdefault(key, offset)

    def add(self, value: Scalar | dict[str, object] | list[object], start: int, stop: int) -> None:
        """Put a value in its place."""
        key = self._open[-1].key if self._open else None
        self._spans[self.next_path] = Span(
            source=self._source, key=None if key is None else key[1], start=start, stop=stop
        )
        if not self._open:
            self._root = value
            return
        innermost = self._open[-1]
        if isinstance(innermost.content, list):
            innermost.content.append(value)
        elif key is not None:
            innermost.content[key[0]] = value
            innermost.key = None

    def mark_broken(self, path: Path) -> None:
        """Remember that what stands at a path was reported."""
        self._broken.add(path)

    def finish(self) -> Document:
        """Return the document."""
        return Document(
            source=self._source,
            data=self._root,
            spans=self._spans,
            broken=frozenset(self._broken),
        )

    def _begin(self, content: dict[str, object] | list[object], start: int) -> None:
        self._open.append(_Open(path=self.next_path, content=content, start=start))
