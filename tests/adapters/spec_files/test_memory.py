"""Specs that are known are not read, and a memory that could be wrong is never believed."""

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
import pytest
from typing_extensions import override

from ftops.adapters.spec_files.around import Around
from ftops.adapters.spec_files.discovery import SpecFile
from ftops.adapters.spec_files.memory import SpecMemory, project_memory
from ftops.adapters.spec_files.source import ByFile, SpecFiles, read_project
from ftops.cache.index_file import IndexFile
from ftops.core.desired import Declared
from ftops.core.project import Project
from ftops.errors import Problem, SpecError
from tests.adapters.spec_files.project_folder import whole
from tests.fakes.ticks import settle

ACME: Final = Project(project="acme", template_env=("TEAM",))
SHA: Final = "0" * 40


class Watched(SpecFiles):
    """Notes which files are really read, in order; `meanwhile` happens before each reading."""

    meanwhile: Callable[[], object] | None = None

    @override
    def _parse(self, files: Sequence[SpecFile], problems: Sequence[Problem]) -> ByFile:
        self.parsed = [*getattr(self, "parsed", []), *(file.shown for file in files)]
        if self.meanwhile is not None:
            self.meanwhile()
        return super()._parse(files, problems)


@dataclass(kw_only=True)
class Commands:
    """Commands one after the other over a project's folder; `read` is what the last one read."""

    root: Path
    project: Project = ACME
    environment: dict[str, str] = field(default_factory=dict)
    sha: str = SHA
    meanwhile: Callable[[], object] | None = None
    read: list[str] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.root / ".ftops" / "cache"

    @property
    def index(self) -> Path:
        return self.folder / "specs"

    def write(self, path: str, text: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        settle(self.folder, file)
        return file

    def specs(self) -> tuple[Declared, ...]:
        around = Around(
            git=lambda: {"sha": self.sha},
            environment=self.environment,
            now=lambda: datetime(2026, 11, 22, tzinfo=UTC),
        )
        memory = SpecMemory(self.folder, self.project, self.environment)
        source = Watched(self.root, self.project, around, memory)
        source.meanwhile = self.meanwhile
        try:
            return source.specs()
        finally:
            self.read = getattr(source, "parsed", [])
            memory.save()

    def names(self) -> list[str]:
        return [one.name for one in self.specs()]


@pytest.fixture(name="commands")
def _commands(tmp_path: Path) -> Commands:
    """Two files that one command has read."""
    commands = Commands(root=tmp_path)
    commands.write("specs/a.yaml", whole("a"))
    commands.write("specs/teams/b.yaml", whole("b", "metadata: {version: '2'}"))
    assert commands.names() == ["a", "b"]
    assert commands.read == ["specs/a.yaml", "specs/teams/b.yaml"]
    return commands


def test_an_unchanged_tree_is_not_read(commands: Commands) -> None:
    before = commands.specs()
    assert commands.read == []
    shutil.rmtree(commands.folder)
    assert commands.specs() == before


def test_only_what_changed_is_read(commands: Commands) -> None:
    commands.write("specs/a.yaml", whole("a", "seed: 7"))
    commands.write("specs/c.yaml", whole("c"))
    assert [(one.name, one.spec.seed) for one in commands.specs()] == [
        ("a", 7),
        ("c", None),
        ("b", None),
    ]
    assert commands.read == ["specs/a.yaml", "specs/c.yaml"]
    commands.names()
    assert commands.read == []


def test_what_is_gone_is_gone(commands: Commands) -> None:
    (commands.root / "specs/a.yaml").unlink()
    assert commands.names() == ["b"]


def test_an_edit_that_hides_its_time_is_seen(commands: Commands) -> None:
    path = commands.root / "specs/a.yaml"
    before = path.stat()
    commands.write("specs/a.yaml", whole("z"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert commands.names() == ["z", "b"]


def test_a_file_swapped_for_one_of_the_same_times_is_seen(commands: Commands) -> None:
    path = commands.root / "specs/a.yaml"
    before = path.stat()
    other = commands.write("other.yaml", whole("z"))
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)
    assert commands.names() == ["z", "b"]


def test_a_file_as_young_as_the_reading_is_read_again(commands: Commands) -> None:
    path = commands.root / "specs/a.yaml"
    commands.meanwhile = lambda: path.write_text(whole("y"), encoding="utf-8")
    path.write_text(whole("x"), encoding="utf-8")
    assert commands.names() == ["y", "b"]
    commands.meanwhile = None
    assert commands.names() == ["y", "b"]
    assert commands.read == ["specs/a.yaml"]


def of_another_version(path: Path) -> None:
    """Write the same entries under a right checksum, made by somebody else."""
    file = IndexFile(path.parent, path.name)
    entries = msgspec.msgpack.decode(file.read() or b"")
    file.write(msgspec.msgpack.encode({**entries, "judges": "ftops 0.0.0"}))


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda path: path.unlink(), id="gone"),
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:-1]), id="cut"),
        pytest.param(lambda path: path.write_bytes(b"\x00" * 4096), id="zeros"),
        pytest.param(
            lambda path: path.write_bytes(path.read_bytes().replace(b"gpt-4.1", b"gpt-4.2")),
            id="another word inside",
        ),
        pytest.param(of_another_version, id="another version's"),
    ],
)
def test_a_damaged_or_foreign_memory_is_none(
    commands: Commands, spoil: Callable[[Path], object]
) -> None:
    before = commands.specs()
    spoil(commands.index)
    assert commands.specs() == before
    assert commands.read == ["specs/a.yaml", "specs/teams/b.yaml"]


def test_a_memory_that_cannot_be_written_is_none(commands: Commands) -> None:
    before = commands.specs()
    commands.index.unlink()
    commands.index.mkdir()
    (commands.index / "full").touch()
    assert [commands.specs() for _ in range(2)] == [before, before]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(
            Project(project="acme", template_env=("TEAM",), defaults={"seed": 3}), id="defaults"
        ),
        pytest.param(
            Project(project="acme", template_env=("TEAM",), allow_outside=True), id="another rule"
        ),
        pytest.param(Project(project="acme"), id="open variables"),
    ],
)
def test_another_project_file_reads_everything(commands: Commands, other: Project) -> None:
    commands.project = other
    assert {one.spec.seed for one in commands.specs()} == {other.defaults.get("seed")}
    assert commands.read == ["specs/a.yaml", "specs/teams/b.yaml"]


def test_a_template_of_the_environment_is_rendered_anew(commands: Commands) -> None:
    commands.environment = {"TEAM": "red"}
    commands.write("specs/a.yaml", whole("a", 'suffix: "{{ env.TEAM }}"'))
    assert [one.spec.suffix for one in commands.specs()] == ["red", None]
    assert [one.spec.suffix for one in commands.specs()] == ["red", None]
    assert commands.read == []
    commands.environment = {"TEAM": "blue"}
    assert [one.spec.suffix for one in commands.specs()] == ["blue", None]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param('suffix: "{{ git.sha[:2] }}"', id="a suffix"),
        pytest.param('metadata: {commit: "{{ git.sha }}"}', id="metadata"),
        pytest.param("metadata: {day: \"{{ now.strftime('%d') }}\"}", id="the day"),
    ],
)
def test_what_changes_by_itself_is_read_every_time(commands: Commands, line: str) -> None:
    commands.write("specs/a.yaml", whole("a", line))
    for sha in ("ab" + "0" * 38, "cd" + "0" * 38):
        commands.sha = sha
        assert str(commands.specs()[0].spec).count(sha[:2]) == line.count("git.sha")
        assert commands.read == ["specs/a.yaml"]


def test_a_name_taken_by_a_known_file_is_told_as_ever(commands: Commands) -> None:
    commands.write("specs/c.yaml", whole("a"))
    with pytest.raises(SpecError) as caught:
        commands.specs()
    (problem,) = caught.value.problems
    assert problem.place == "specs/c.yaml:1:7"
    assert problem.message == "the name 'a' is taken: specs/a.yaml:1:7 declares it too"


def test_what_is_wrong_is_told_every_time(commands: Commands) -> None:
    commands.write("specs/a.yaml", whole("a", "sed: 7"))
    for _ in range(2):
        with pytest.raises(SpecError, match="unknown key sed"):
            commands.specs()


def test_a_link_is_followed_every_time(commands: Commands) -> None:
    (commands.root / "specs/l.yaml").symlink_to(commands.root / "real.yaml")
    for name in ("l", "m"):
        commands.write("real.yaml", whole(name))
        assert commands.names() == ["a", name, "b"]


def test_the_project_file_is_read_once(tmp_path: Path) -> None:
    folder = tmp_path / ".ftops" / "cache"
    path = tmp_path / "ftops.yaml"

    def project() -> Project:
        memory = project_memory(folder)
        read = read_project(tmp_path, memory)
        memory.save()
        assert read == read_project(tmp_path)
        return read

    path.write_text("project: acme\ntargets: {local: {base_url: 'http://a/v1'}}\n")
    settle(folder, path)
    found = project().target("local")
    assert found is not None
    assert found.kind == "local"
    assert project_memory(folder).find("ftops.yaml", ()) is None
    path.write_text("project: other\n")
    settle(folder, path)
    assert project().project == "other"
    path.unlink()
    with pytest.raises(SpecError):
        project()
    (tmp_path / "real.yaml").write_text("project: behind-a-link\n")
    path.symlink_to("real.yaml")
    assert project().project == "behind-a-link"
