"""What is remembered is what a fresh look would find, whatever people did to the tree meanwhile."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from ftops.adapters.dataset_files.pins import RememberedPins
from ftops.adapters.dataset_files.privacy import DataPrivacy
from ftops.adapters.dataset_files.source import DatasetFiles
from ftops.adapters.lock_files.lock_text import lock_to_text
from ftops.adapters.lock_files.memory import lock_memory
from ftops.adapters.lock_files.store import LockFiles
from ftops.adapters.spec_files.around import Around
from ftops.adapters.spec_files.memory import SpecMemory, project_memory
from ftops.adapters.spec_files.source import SpecFiles, read_project
from ftops.core.desired import Declared
from ftops.core.project import Project
from ftops.errors import DeclarationError, FtopsError
from ftops.usecases.privacy import GuardedData
from tests.fakes.specs import desired, lock
from tests.fakes.ticks import settle
from tests.laws.search import QUICK

CACHE = ".ftops/cache"
PROJECTS = (
    "project: acme\ntemplate_env: [TEAM]\n",
    "project: acme\ntemplate_env: [TEAM]\ndefaults: {seed: 7}\n",
    "project: acme\n",
    "project: [\n",
)
SPECS = (
    "name: {name}\nmodel: gpt-4.1\ndataset: {{train: datasets/{name}.jsonl}}\n",
    "name: {name}\nmodel: gpt-4.1\nseed: 1\ndataset: {{train: 'datasets/*.jsonl'}}\n",
    "name: {name}\nmodel: gpt-4.1\nsuffix: '{{{{ env.TEAM }}}}'\n"
    "dataset: {{train: datasets/{name}.jsonl}}\n",
    "name: {name}\nmodel: gpt-4.1\nmetadata: {{sha: '{{{{ git.sha }}}}'}}\n"
    "dataset: {{train: datasets/{name}.jsonl}}\n",
    "name: alpha\nmodel: gpt-4.1\ndataset: {{train: datasets/{name}.jsonl}}\n",
    "name: {name}\nmodle: gpt-4.1\n",
    "",
)
NAMES = ("alpha", "beta", "gamma")
Found = tuple[object, ...]
Step = Callable[["Tree"], None]


class Tree:
    """A project's folder, its surroundings, and two ways to look at them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.team = "red"
        self.sha = "0" * 40

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def settle(self) -> None:
        files = [each for each in self.root.rglob("*") if each.is_file()]
        settle(self.root / CACHE, *files)

    def remembered(self) -> Found:
        """Look as a command does, and keep what was found."""
        memory = project_memory(self.root / CACHE)
        project = _told(lambda: read_project(self.root, memory))
        memory.save()
        if not isinstance(project, Project):
            return (project,)
        specs = SpecMemory(self.root / CACHE, project, self._environment(project))
        declared = _told(SpecFiles(self.root, project, self._around(project), specs).specs)
        specs.save()
        locks = lock_memory(self.root / CACHE)
        recorded = _told(LockFiles(self.root / "specs", memory=locks).read)
        locks.save()
        return project, declared, recorded, self._pinned(declared, is_kept=True)

    def fresh(self) -> Found:
        """Look as the very first command would."""
        with self._forgotten():
            project = _told(lambda: read_project(self.root))
            if not isinstance(project, Project):
                return (project,)
            declared = _told(SpecFiles(self.root, project, self._around(project)).specs)
            recorded = _told(LockFiles(self.root / "specs").read)
            return project, declared, recorded, self._pinned(declared, is_kept=False)

    def _pinned(self, declared: object, *, is_kept: bool) -> object:
        if not isinstance(declared, tuple):
            return None
        source = GuardedData(DatasetFiles(self.root), DataPrivacy(self.root))
        pins = RememberedPins(self.root, allow_outside=False, open_source=lambda: source)
        found = [_told(partial(pins.pin, one)) for one in _specs(declared)]
        if is_kept:
            pins.close()
        return found

    def _environment(self, project: Project) -> dict[str, str]:
        return {"TEAM": self.team} if project.template_env else {}

    def _around(self, project: Project) -> Around:
        return Around(
            git=lambda: {"sha": self.sha},
            environment=self._environment(project),
            now=lambda: datetime(2026, 11, 22, tzinfo=UTC),
        )

    @contextmanager
    def _forgotten(self) -> Iterator[None]:
        kept = self.root / ".ftops" / "kept"
        (self.root / CACHE).rename(kept)
        try:
            yield
        finally:
            shutil.rmtree(self.root / CACHE, ignore_errors=True)
            kept.rename(self.root / CACHE)


def _specs(declared: tuple[object, ...]) -> list[Declared]:
    return [one for one in declared if isinstance(one, Declared)]


def _told(look: Callable[[], object]) -> object:
    """Return what is found, or all that is told of what is wrong."""
    try:
        return look()
    except DeclarationError as error:
        return [(one.place, one.message, one.hint) for one in error.problems]
    except FtopsError as error:
        return str(error)


def rows(seed: int) -> str:
    turns = [("user", f"Question {seed} {{}}?"), ("assistant", "Answer {}.")]
    if seed == 0:
        return "not JSON\n"
    return "".join(
        json.dumps({"messages": [{"role": r, "content": t.format(n)} for r, t in turns]}) + "\n"
        for n in range(10 + seed)
    )


def _write(path: str, text: str) -> Step:
    return lambda tree: tree.write(path, text)


def _remove(path: str) -> Step:
    return lambda tree: (tree.root / path).unlink(missing_ok=True)


def _name_team(team: str) -> Step:
    return lambda tree: setattr(tree, "team", team)


def _commit(sha: str) -> Step:
    return lambda tree: setattr(tree, "sha", sha)


def _swap(one: str, other: str) -> Step:
    def swap(tree: Tree) -> None:
        first, second = tree.root / one, tree.root / other
        if one != other and first.exists() and second.exists():
            first.rename(tree.root / "aside")
            second.rename(first)
            (tree.root / "aside").rename(second)

    return swap


def _wait(tree: Tree) -> None:
    tree.settle()


SPEC = st.sampled_from([f"specs/{name}.yaml" for name in NAMES])
DATA = st.sampled_from([f"datasets/{name}.jsonl" for name in NAMES])
LOCK = st.sampled_from([f"specs/{name}.lock" for name in NAMES])
STEPS = st.one_of(
    st.just(_wait),
    st.builds(_write, st.just("ftops.yaml"), st.sampled_from(PROJECTS)),
    st.builds(
        lambda name, text: _write(f"specs/{name}.yaml", text.format(name=name)),
        st.sampled_from(NAMES),
        st.sampled_from(SPECS),
    ),
    st.builds(lambda path, seed: _write(path, rows(seed)), DATA, st.integers(0, 3)),
    st.builds(
        lambda name, usd: _write(
            f"specs/{name}.lock", lock_to_text(lock(desired(name), cost_usd=usd))
        ),
        st.sampled_from(NAMES),
        st.sampled_from([0.5, 0.7]),
    ),
    st.builds(_write, LOCK, st.just("damaged\n")),
    st.builds(_remove, SPEC | DATA | LOCK),
    st.builds(_swap, SPEC, SPEC),
    st.builds(_swap, DATA, DATA),
    st.builds(_name_team, st.sampled_from(["red", "blue"])),
    st.builds(_commit, st.sampled_from(["0" * 40, "1" * 40])),
)


@settings(QUICK, max_examples=15)
@given(st.lists(st.lists(STEPS, min_size=1, max_size=4), min_size=1, max_size=4))
def test_a_remembered_look_is_a_fresh_look(rounds: list[list[Step]]) -> None:
    with TemporaryDirectory() as folder:
        tree = Tree(Path(folder))
        tree.write("ftops.yaml", PROJECTS[0])
        for name in NAMES[:2]:
            tree.write(f"specs/{name}.yaml", SPECS[0].format(name=name))
            tree.write(f"datasets/{name}.jsonl", rows(1))
            tree.write(f"specs/{name}.lock", lock_to_text(lock(desired(name))))
        tree.settle()
        assert tree.remembered() == tree.fresh()
        for steps in rounds:
            for step in steps:
                step(tree)
            fresh = tree.fresh()
            assert tree.remembered() == fresh
            assert tree.remembered() == fresh
