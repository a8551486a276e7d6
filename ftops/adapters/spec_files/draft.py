"""`Draft`: one spec on its way from merged YAML through its templates to a `Declared`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ftops.adapters.spec_files.document import Document, Path
from ftops.adapters.spec_files.templates import (
    MAX_TEMPLATE,
    Fault,
    Rendered,
    Task,
    is_template,
)
from ftops.adapters.spec_files.validation import closest, misfit_problems, parse
from ftops.adapters.spec_files.written import spec as written
from ftops.core.desired import DATA_FIELDS, Declared
from ftops.core.misfit import misfits_of
from ftops.core.project import SUFFIX_LIMIT, Project
from ftops.core.spec import FineTuneSpec
from ftops.errors import Problem

SUFFIX: Final[Path] = ("suffix",)
# Fits wherever a template may stand, so that the rest of the spec can be checked first.
_STAND_IN: Final = "x"
_BUILT_IN: Final = ("openai", "local")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A document whose templates are found but not rendered; `spec` has stand-ins for them."""

    document: Document
    templates: Mapping[Path, str]
    spec: written.FineTuneSpec | None

    def tasks(self) -> list[Task]:
        """Return the templates to render; those of a wrong spec are only looked through."""
        plain = None
        if self.spec is not None:
            plain = self.spec.model_dump(mode="json", by_alias=True)
            plain["metadata"] = self.document.data.get("metadata", {})
            plain["suffix"] = self.document.data.get("suffix")
        return [Task(text=text, spec=plain) for text in self.templates.values()]

    def declare(
        self, outcomes: Sequence[Rendered | Fault], problems: list[Problem]
    ) -> Declared | None:
        """Return the spec with its templates rendered, or None after adding what is wrong."""
        document = self.document
        rendered: dict[Path, Rendered] = {}
        for path, outcome in zip(self.templates, outcomes, strict=True):
            if isinstance(outcome, Rendered):
                rendered[path] = outcome
                document = document.with_value(path, outcome.text)
            else:
                problems.append(_fault(document, path, outcome))
        if self.spec is None or len(rendered) < len(self.templates):
            return None
        spec = parse(written.FineTuneSpec, document, problems) if rendered else self.spec
        return None if spec is None else self._declared(spec.meant(), rendered)

    def _declared(self, spec: FineTuneSpec, rendered: Mapping[Path, Rendered]) -> Declared:
        changing = {path for path, outcome in rendered.items() if outcome.changes_by_itself}
        return Declared(
            spec=spec,
            path=self.document.source.path,
            line=self.document.line,
            lines=self.document.lines(DATA_FIELDS),
            suffix_identity=self.templates[SUFFIX] if SUFFIX in changing else spec.suffix,
            volatile_metadata=frozenset(str(path[-1]) for path in changing if path != SUFFIX),
        )


def draft(document: Document, project: Project, problems: list[Problem]) -> Draft:
    """Return the draft of a merged document, adding all that can be seen without rendering."""
    templates = dict(_templates(document))
    for path, text in templates.items():
        if len(text) > MAX_TEMPLATE:
            message = f"the template is longer than {MAX_TEMPLATE} characters"
            problems.append(document.at_value(path, message, "shorten it"))
    spec = parse(written.FineTuneSpec, with_stand_ins(document), problems)
    if spec is None and isinstance(document.data, dict):
        problems.extend(misfit_problems(document, (), misfits_of(document.data)))
    problems.extend(target_problems(document, project))
    short = {path: text for path, text in templates.items() if len(text) <= MAX_TEMPLATE}
    return Draft(
        document=document, templates=short, spec=spec if len(short) == len(templates) else None
    )


def with_stand_ins(document: Document) -> Document:
    """Return the document with a plain text in the place of each template."""
    for path, _ in _templates(document):
        document = document.with_value(path, _STAND_IN)
    return document


def target_problems(document: Document, project: Project) -> Iterator[Problem]:
    """Yield a problem if nobody knows the document's target."""
    target = document.data.get("target") if isinstance(document.data, dict) else None
    if not isinstance(target, str) or project.target(target) is not None:
        return
    known = (*_BUILT_IN, *(name for name in project.targets if name not in _BUILT_IN))
    meant = closest(target, known)
    hint = f"did you mean {meant}?" if meant else f"known here: {', '.join(known)}"
    yield document.at_value(("target",), f"ftops.yaml has no target {target!r}", hint)


def suffix_problems(document: Document, spec: FineTuneSpec, project: Project) -> Iterator[Problem]:
    """Yield a problem if the suffix is longer than the spec's own target allows."""
    target = project.target(spec.target) if spec.target is not None else None
    limit = SUFFIX_LIMIT.get(target.kind) if target is not None else None
    if limit is not None and spec.suffix is not None and len(spec.suffix) > limit:
        length = len(spec.suffix)
        message = (
            f"suffix must be at most {limit} characters for target {spec.target}, not {length}"
        )
        yield document.at_value(SUFFIX, message)


def _templates(document: Document) -> Iterator[tuple[Path, str]]:
    if not isinstance(document.data, dict):
        return
    metadata = document.data.get("metadata")
    texts: dict[Path, object] = {SUFFIX: document.data.get("suffix")}
    if isinstance(metadata, dict):
        texts |= {("metadata", key): value for key, value in metadata.items()}
    for path, text in texts.items():
        if isinstance(text, str) and is_template(text) and not document.is_broken(path):
            yield path, text


def _fault(document: Document, path: Path, fault: Fault) -> Problem:
    return document.at_text_line(path, fault.line, f"the template: {fault.message}", fault.hint)
