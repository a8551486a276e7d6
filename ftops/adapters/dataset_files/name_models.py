"""Names and places, found by Presidio with a language model that lies in a folder: never online."""

import os
import warnings
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from ftops.adapters.dataset_files.paths import PathRefusedError
from ftops.cache.makers import installed
from ftops.core.privacy import Kind
from ftops.core.spec import Presidio
from ftops.dataset.privacy.sighting import Sighting

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine

LONGEST: Final = 100_000
"""So many characters are looked at together: a model's memory grows with them."""

_KINDS: Final = {"PERSON": Kind.PERSON_NAME, "LOCATION": Kind.LOCATION}
_META: Final = "meta.json"
_LIBRARIES: Final = ("presidio_analyzer", "spacy")


class NameModels:
    """The models below `root`, each loaded once, and only for data that is not known yet."""

    def __init__(self, root: Path, *, allow_outside: bool) -> None:
        self._root = root
        self._allow_outside = allow_outside
        self._opened: dict[Presidio, NameModel] = {}

    def open(self, wanted: Presidio) -> "NameModel":
        """Return the model; PathRefusedError for what is none, or lies elsewhere."""
        if wanted not in self._opened:
            self._opened[wanted] = NameModel(self._folder(wanted.model), wanted)
        return self._opened[wanted]

    def _folder(self, written: str) -> Path:
        folder = Path(os.path.realpath(self._root / Path(written).expanduser()))
        if not self._allow_outside and not folder.is_relative_to(os.path.realpath(self._root)):
            raise PathRefusedError(
                f"{written} leads out of the project",
                "move it into the project, or set allow_outside: true in ftops.yaml",
            )
        if not (folder / _META).is_file():
            raise PathRefusedError(
                f"{written} is no folder of a spaCy model: it has no {_META}",
                "`nlp.to_disk(FOLDER)` writes one, and so lies one in every package of a model",
            )
        return folder


class NameModel:
    """One model; `look` is for a scan."""

    def __init__(self, folder: Path, wanted: Presidio) -> None:
        self._folder = folder
        self._wanted = wanted

    @cached_property
    def name(self) -> str:
        """Return what the model calls itself, with its version."""
        try:
            told = msgspec.json.decode((self._folder / _META).read_bytes(), type=dict[str, Any])
        except (OSError, msgspec.DecodeError) as error:
            raise self._refused(str(error)) from error
        named = (told.get("lang", ""), told.get("name", ""))
        return f"{'_'.join(str(each) for each in named if each)} {told.get('version', '')}".strip()

    @cached_property
    def identity(self) -> str:
        """Return what changes when the model or what runs it does."""
        return repr((self._wanted, *map(installed, _LIBRARIES), *_stamps(self._folder)))

    def look(self, text: str) -> Sequence[Sighting]:
        """Return the names and places in a text."""
        found: list[Sighting] = []
        for start in range(0, len(text), LONGEST):
            told = self._engine.analyze(
                text[start : start + LONGEST],
                language=self._wanted.language,
                entities=list(_KINDS),
            )
            found += [
                Sighting(
                    kind=_KINDS[one.entity_type],
                    start=start + one.start,
                    end=start + one.end,
                    kept=1,
                )
                for one in told
            ]
        return sorted(found, key=lambda one: one.start)

    @cached_property
    def _engine(self) -> "AnalyzerEngine":
        try:
            # Seconds to import, 400 MB, and an extra.
            import spacy  # noqa: PLC0415 - see above
            from presidio_analyzer import AnalyzerEngine, RecognizerRegistry  # noqa: PLC0415
            from presidio_analyzer.nlp_engine import SpacyNlpEngine  # noqa: PLC0415
            from presidio_analyzer.predefined_recognizers import SpacyRecognizer  # noqa: PLC0415
        except ImportError as error:
            raise PathRefusedError(
                "privacy.presidio needs Presidio, which is not installed",
                "pip install 'ftops[pii]', or take it out of the spec",
            ) from error
        language = self._wanted.language
        runner = SpacyNlpEngine([{"lang_code": language, "model_name": str(self._folder)}])
        try:
            with warnings.catch_warnings():
                # A model of another spaCy is told by what it finds, not by a line of Python.
                warnings.simplefilter("ignore")
                # Not by its own `load`, which would look for what is missing on the net.
                runner.nlp = {language: spacy.load(self._folder)}
        except (OSError, ValueError, KeyError, TypeError, ImportError) as error:
            raise self._refused(str(error).partition("\n")[0]) from error
        # Presidio's other finders fetch lists from the net, and ours are more exact.
        finder = SpacyRecognizer(supported_language=language, supported_entities=list(_KINDS))
        registry = RecognizerRegistry(recognizers=[finder], supported_languages=[language])
        return AnalyzerEngine(registry=registry, nlp_engine=runner, supported_languages=[language])

    def _refused(self, reason: str) -> PathRefusedError:
        hint = "is it whole, and for the installed version of spaCy?"
        return PathRefusedError(f"the model {self._wanted.model} cannot be loaded: {reason}", hint)


def _stamps(folder: Path) -> Iterator[tuple[str, int, int]]:
    for path in sorted(folder.rglob("*")):
        about = path.stat()
        yield str(path), about.st_size, about.st_mtime_ns
