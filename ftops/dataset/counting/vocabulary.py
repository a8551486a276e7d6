"""Which vocabulary a base model reads with, and its exact counts, offline.

The package `bpe-openai` carries the tables. Only its compiled part is loaded: 0.05 s and 70 MB,
where importing the package itself parses every table again in Python and takes 0.7 s.
"""

import re
from collections.abc import Callable
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from typing import Final, Literal, Protocol, cast

Encoding = Literal["o200k_base", "cl100k_base"]
CountText = Callable[[str], int]

O200K: Final[Encoding] = "o200k_base"
CL100K: Final[Encoding] = "cl100k_base"

PACKAGE: Final = "bpe_openai"
_COMPILED: Final = "_bindings"

_FAMILIES: Final[tuple[tuple[str, Encoding], ...]] = (
    ("gpt-5", O200K),
    ("gpt-4.1", O200K),
    ("gpt-4.5", O200K),
    ("gpt-4o", O200K),
    ("chatgpt-4o", O200K),
    ("o1", O200K),
    ("o3", O200K),
    ("o4", O200K),
    ("gpt-4", CL100K),
    ("gpt-3.5", CL100K),
    ("gpt-35", CL100K),
    ("davinci-002", CL100K),
    ("babbage-002", CL100K),
)
_TUNED = re.compile(r"\Aft:([^:]*).*|\.ft-.*", re.DOTALL)


class _Table(Protocol):
    def count(self, text: str) -> int: ...


class _Bindings(Protocol):
    def tokenizer_for_encoding(self, encoding_name: str) -> _Table: ...


def encoding_of(base_model: str) -> Encoding | None:
    """Return the vocabulary of a base or tuned model, or nothing for a family not known."""
    base = _TUNED.sub(r"\1", base_model)
    fits = (name for family, name in _FAMILIES if base == family or base.startswith(f"{family}-"))
    return next(fits, None)


@cache
def exact_counter(encoding: Encoding, package: str = PACKAGE) -> CountText | None:
    """Return what counts a text's tokens, special tokens as plain text; None if not installed."""
    bindings = _load(package)
    return None if bindings is None else bindings.tokenizer_for_encoding(encoding).count


def vocabulary_stamp(package: str = PACKAGE) -> tuple[str, int, int] | None:
    """Return what changes when another build of the tables is installed; it loads nothing."""
    spec = _find(package)
    if spec is None or spec.origin is None:
        return None
    about = Path(spec.origin).stat()
    return spec.origin, about.st_size, about.st_mtime_ns


@cache
def _load(package: str) -> _Bindings | None:
    spec = _find(package)
    if spec is None or spec.loader is None:
        return None
    bindings = module_from_spec(spec)
    spec.loader.exec_module(bindings)
    return cast("_Bindings", bindings)


def _find(package: str) -> ModuleSpec | None:
    whole = find_spec(package)
    places = whole.submodule_search_locations if whole else None
    return PathFinder.find_spec(_COMPILED, list(places)) if places else None
