"""Spec files and ftops.yaml → what they mean, or every finding in them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ftops.adapters.spec_files.around import Around
from ftops.adapters.spec_files.discovery import PROJECT_FILE, SpecFile
from ftops.adapters.spec_files.document import Document
from ftops.adapters.spec_files.draft import (
    Draft,
    draft,
    suffix_problems,
    target_problems,
    with_stand_ins,
)
from ftops.adapters.spec_files.opening import read_source
from ftops.adapters.spec_files.templates import Fault, Outside, Rendered, render
from ftops.adapters.spec_files.text import SourceText
from ftops.adapters.spec_files.validation import check_part, parse
from ftops.adapters.spec_files.written import project as written
from ftops.adapters.spec_files.written.spec import FineTuneSpec
from ftops.adapters.spec_files.yaml_reader import read_yaml
from ftops.core.desired import Declared
from ftops.core.project import Project
from ftops.errors import Problem, SpecError

_EMPTY_HINT: Final = "remove it, or begin with `name:`, `model:` and `dataset:`"


class Parsing:
    """Reads files of one project; `git` and `now` are asked only if a template wants them."""

    def __init__(self, root: Path, project: Project, around: Around) -> None:
        self._root = root
        self._project = project
        self._around = around

    def specs(
        self, files: Sequence[SpecFile], problems: Sequence[Problem] = ()
    ) -> dict[str, tuple[Declared, ...]]:
        """Return each file's specs; SpecError holds every finding, and those known already."""
        found = list(problems)
        documents = self._documents(files, found)
        found.extend(_doubled_names(documents))
        drafts = [draft(document, self._project, found) for document in documents]
        declared = self._declared(drafts, found)
        if found:
            raise _error(found)
        by_file: dict[str, tuple[Declared, ...]] = {file.shown: () for file in files}
        for one in declared:
            by_file[one.path] += (one,)
        return by_file

    def _documents(self, files: Sequence[SpecFile], problems: list[Problem]) -> list[Document]:
        defaults = self._defaults()
        found = []
        for file in files:
            try:
                source = read_source(self._root, file.path)
            except SpecError as error:
                problems.extend(error.problems)
            else:
                found += [document.over(defaults) for document in _documents_of(source, problems)]
        return found

    def _defaults(self) -> Document:
        defaults = self._project.defaults
        if defaults and (self._root / PROJECT_FILE).is_file():
            for written in _documents_of(read_source(self._root, self._root / PROJECT_FILE), []):
                if isinstance(written.data, dict) and written.data.get("defaults") == defaults:
                    return written.below("defaults")
        return Document(source=SourceText(path=PROJECT_FILE, text=""), data=defaults)

    def _declared(self, drafts: Sequence[Draft], problems: list[Problem]) -> tuple[Declared, ...]:
        outcomes = iter(self._rendered(drafts))
        found = []
        for one in drafts:
            own = [next(outcomes) for _ in one.templates]
            declared = one.declare(own, problems)
            if declared is not None:
                problems.extend(suffix_problems(one.document, declared.spec, self._project))
                found.append(declared)
        return tuple(found)

    def _rendered(self, drafts: Sequence[Draft]) -> Sequence[Rendered | Fault]:
        tasks = [task for one in drafts for task in one.tasks()]
        if not tasks:
            return ()
        outside = Outside(
            git=self._around.git() if any("git" in task.text for task in tasks) else {},
            env=self._around.environment,
            open_variables=self._project.template_env,
            now=self._around.now(),
        )
        return render(tasks, outside)


def parse_project(root: Path) -> Project:
    """Return what ftops.yaml means, or raise SpecError with every finding."""
    problems: list[Problem] = []
    documents = _documents_of(read_source(root, root / PROJECT_FILE), problems)
    problems.extend(
        document.at_value((), "a second document", "ftops.yaml holds one; remove the line ---")
        for document in documents[1:]
    )
    said = parse(written.Project, documents[0], problems) if documents else None
    project = said.meant() if said else None
    if documents and isinstance(documents[0].data, dict) and documents[0].data.get("defaults"):
        problems.extend(_default_problems(documents[0], project))
    if project is None or problems:
        raise _error(problems)
    return project


def _documents_of(source: SourceText, problems: list[Problem]) -> list[Document]:
    reading = read_yaml(source)
    problems.extend(reading.problems)
    written = [one for one in reading.documents if one.data is not None or one.broken]
    if not written and not reading.problems:
        is_project = source.path == PROJECT_FILE
        hint = "it needs a line such as `project: my-project`" if is_project else _EMPTY_HINT
        problems.append(Problem(message="the file is empty", path=source.path, line=1, hint=hint))
    return written


def _default_problems(document: Document, project: Project | None) -> list[Problem]:
    if not isinstance(document.data["defaults"], dict):
        return []
    defaults = document.below("defaults")
    problems: list[Problem] = []
    if "name" in defaults.data:
        hint = "each spec has a name of its own"
        problems.append(defaults.at_key(("name",), "a name cannot be a default", hint))
    check_part(FineTuneSpec, with_stand_ins(defaults), problems)
    if project is not None:
        problems.extend(target_problems(defaults, project))
    return problems


def _doubled_names(documents: Sequence[Document]) -> list[Problem]:
    first: dict[str, Document] = {}
    problems = []
    for document in documents:
        name = document.data.get("name") if isinstance(document.data, dict) else None
        if not isinstance(name, str):
            continue
        other = first.setdefault(name, document)
        if other is not document:
            place = other.at_value(("name",), "").place
            message = f"the name {name!r} is taken: {place} declares it too"
            hint = "a name is unique in the project"
            problems.append(document.at_value(("name",), message, hint))
    return problems


def _error(problems: Sequence[Problem]) -> SpecError:
    # What stands in the defaults is found once for each spec.
    unique = dict.fromkeys(problems)
    return SpecError(
        sorted(unique, key=lambda one: (one.path or "", one.line or 0, one.column or 0))
    )
