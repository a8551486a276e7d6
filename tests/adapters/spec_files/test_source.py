"""`specs/**` → declared specs: found, merged with defaults, rendered; every finding at once."""

import os
from pathlib import Path

import pytest

from ftops.adapters.spec_files.around import Around
from ftops.adapters.spec_files.source import SpecFiles, read_project
from ftops.core.project import Project
from ftops.errors import SpecError
from tests.adapters.spec_files.project_folder import NOW, Folder, whole


def test_no_specs_are_no_error(folder: Folder) -> None:
    assert folder.specs() == ()


def test_specs_are_found_in_every_folder_in_the_order_of_their_files(folder: Folder) -> None:
    folder.write("specs/z.yaml", whole("z"))
    folder.write("specs/team/b.yml", whole("b"))
    folder.write("specs/team/a.yaml", whole("a") + "---\n" + whole("a2"))
    folder.write("specs/.#z.yaml", "an editor's: [")
    folder.write("specs/.hidden/x.yaml", "hidden: [")
    folder.write("specs/notes.txt", "no spec: [")
    folder.write("specs/z.lock", "a lock: [")
    found = [(one.name, one.path, one.line) for one in folder.specs()]
    assert found == [
        ("a", "specs/team/a.yaml", 1),
        ("a2", "specs/team/a.yaml", 6),
        ("b", "specs/team/b.yml", 1),
        ("z", "specs/z.yaml", 1),
    ]


def test_empty_documents_between_specs_are_passed_over(folder: Folder) -> None:
    folder.write("specs/a.yaml", "---\n---\n# the first\n" + whole("a") + "---\n")
    assert [(one.name, one.line) for one in folder.specs()] == [("a", 4)]


def test_where_the_data_is_named_is_known(folder: Folder) -> None:
    folder.write("ftops.yaml", "project: acme\ndefaults:\n  privacy: {allow: a.allow}\n")
    folder.write(
        "specs/a.yaml",
        "# the first\nname: a\nmodel: base\n"
        "dataset:\n  # two\n  validation: v\n  train:\n    - t\n",
    )
    [one] = folder.specs()
    assert one.lines == {"dataset": 4, "dataset.validation": 6, "dataset.train": 7}
    assert [one.line_of(name) for name in ("dataset.train", "dataset.x", "privacy.allow", "")] == [
        7,
        4,
        2,
        2,
    ]


def test_defaults_stand_under_every_spec(folder: Folder) -> None:
    folder.write(
        "ftops.yaml",
        "project: acme\n"
        "defaults:\n"
        "  target: local\n"
        "  seed: 7\n"
        "  model: base\n"
        "  hyperparameters: {n_epochs: 2, batch_size: 4}\n"
        "  metadata: {team: support}\n",
    )
    folder.write(
        "specs/a.yaml",
        "name: a\nseed: 8\nhyperparameters: {n_epochs: 3}\nmetadata: {version: '1'}\n"
        "model: {from: b}\ndataset: {train: t}\n",
    )
    folder.write("specs/b.yaml", "name: b\ntarget:\ndataset: {train: t}\n")
    first, second = (one.spec for one in folder.specs())
    assert (first.target, first.seed, first.upstream) == ("local", 8, "b")
    assert first.hyperparameters.declared() == {"n_epochs": 3, "batch_size": 4}
    assert first.metadata == {"team": "support", "version": "1"}
    assert (second.target, second.seed, second.model) == (None, 7, "base")


def test_a_declared_spec_without_templates_asks_nobody(folder: Folder) -> None:
    folder.write("specs/a.yaml", whole("a", "suffix: plain-v1"))
    declared = folder.only_spec()
    assert declared.suffix_identity == "plain-v1"
    assert declared.volatile_metadata == frozenset()
    assert folder.asked_git == 0


def test_templates_are_rendered_and_what_changes_by_itself_is_known(folder: Folder) -> None:
    folder.write("ftops.yaml", "project: acme\ntemplate_env: [BUILD]\n")
    folder.git = {"sha": "0123456789", "short_sha": "0123456", "branch": "main"}
    folder.environment = {"BUILD": "7"}
    folder.write(
        "specs/a.yaml",
        whole(
            "a",
            "suffix: a-{{ git.short_sha }}",
            "metadata:",
            "  method: '{{ spec.method }} {{ spec.hyperparameters.n_epochs }}'",
            "  build: 'b{{ env.BUILD }}'",
            "  day: \"{{ now.strftime('%Y-%m-%d') }}\"",
            "  commit: '{{ git.sha }}'",
            "  plain: '1'",
        ),
    )
    declared = folder.only_spec()
    assert declared.spec.suffix == "a-0123456"
    assert declared.suffix_identity == "a-{{ git.short_sha }}"
    assert declared.spec.metadata == {
        "method": "supervised auto",
        "build": "b7",
        "day": "2026-11-22",
        "commit": "0123456789",
        "plain": "1",
    }
    assert declared.volatile_metadata == {"day", "commit"}
    assert folder.asked_git == 1


def test_a_suffix_that_does_not_change_by_itself_is_known_by_its_rendering(folder: Folder) -> None:
    folder.write("specs/a.yaml", whole("a", "suffix: '{{ spec.name }}-v1'"))
    assert folder.only_spec().suffix_identity == "a-v1"
    assert folder.asked_git == 0


def test_a_template_in_the_defaults_is_rendered_for_each_spec(folder: Folder) -> None:
    folder.write("ftops.yaml", "project: acme\ndefaults: {suffix: '{{ spec.name }}-v1'}\n")
    folder.write("specs/all.yaml", whole("a") + "---\n" + whole("b"))
    assert [one.spec.suffix for one in folder.specs()] == ["a-v1", "b-v1"]


FINDINGS = [
    pytest.param(
        whole("a", "target: opnai"),
        ("ftops.yaml has no target 'opnai'", 5, 9, "did you mean openai?"),
        id="a misspelt target",
    ),
    pytest.param(
        whole("a", "target: moon"),
        ("ftops.yaml has no target 'moon'", 5, 9, "known here: openai, local, azure"),
        id="an unknown target",
    ),
    pytest.param(
        whole("a", "target: azure", "suffix: a-suffix-of-nineteen"),
        ("suffix must be at most 18 characters for target azure, not 20", 6, 9, None),
        id="a suffix too long for its target",
    ),
    pytest.param(
        whole("a", "suffix: '{{ spec.model }}'"),
        ("suffix must be 1 to 64 characters of a-z, 0-9 and -, not 'gpt-4.1-mini-", 5, 9, None),
        id="a suffix that renders to other characters",
    ),
    pytest.param(
        whole("a", "suffix: '{{ gti.sha }}'"),
        ("the template: gti is not defined", 5, 9, "templates know spec, git, env, now"),
        id="an unknown name in a template",
    ),
    pytest.param(
        whole("a", "suffix: '{{ git.sha }}'"),
        ("the template: there is no 'sha' here", 5, 9, "outside a git repository"),
        id="a commit where there is none",
    ),
    pytest.param(
        whole("a", "metadata:", "  note: |", "    one", "    {{ spec.nope }}"),
        ("the template: there is no 'nope' here", 8, 5, "default('none')"),
        id="a line inside a block",
    ),
    pytest.param(
        whole("a", "metadata:", "  note: >", "    one", "    {{ spec.nope }}"),
        ("the template: there is no 'nope' here", 6, 9, "default('none')"),
        id="a folded block",
    ),
    pytest.param(
        whole("a", "metadata: {note: '{{ env.HOME }}'}"),
        ("the template: the environment variable HOME is not open", 5, 18, "list HOME under"),
        id="a variable that is not open",
    ),
    pytest.param(
        whole("a", "metadata: {note: '{{ 1 }}" + "x" * 4096 + "'}"),
        ("the template is longer than 4096 characters", 5, 18, "shorten it"),
        id="a giant template",
    ),
    pytest.param(
        "# nothing\n", ("the file is empty", 1, None, "remove it, or begin with"), id="no document"
    ),
    pytest.param("---\n", ("the file is empty", 1, None, "begin with"), id="an empty document"),
    pytest.param(
        "- name: a\n",
        ("a document must be a mapping {name: …, model: …, dataset: …}", 1, 1, None),
        id="a list",
    ),
]


@pytest.mark.parametrize(("text", "expected"), FINDINGS)
def test_a_finding_says_what_is_wrong_and_where(
    text: str, expected: tuple[str, int, int | None, str | None], folder: Folder
) -> None:
    folder.write("ftops.yaml", "project: acme\ntargets: {azure: {kind: azure}}\n")
    folder.write("specs/a.yaml", text)
    problem = folder.only_problem()
    message, line, column, hint = expected
    assert problem.message.startswith(message)
    assert (problem.path, problem.line, problem.column) == ("specs/a.yaml", line, column)
    assert hint is None or hint in (problem.hint or "")


def test_all_findings_of_all_files_come_at_once(folder: Folder) -> None:
    folder.write("specs/1.yaml", "name: a\nmodel: m\nname: b\ndataset: {trian: t}\n")
    folder.write("specs/2.yaml", "name: [broken\n")
    folder.write(
        "specs/3.yaml",
        whole("Same", "method: reinforcement", "hyperparameters: {n_epochs: 99, beta: 0.1}")
        + "---\n"
        + whole("same", "suffix: '{{ nope }}'", "metadata: {ftops_a: x, b: 2}"),
    )
    folder.write("specs/deep/4.yaml", whole("same", "target: nowhere", "suffix: '{{ }}'", "sed: 1"))
    folder.write("specs/deep/5.yaml", whole("fine"))
    (folder.root / "specs/6.yaml").write_bytes(b"\xff\xfe")
    found = [(one.place, one.message) for one in folder.problems()]
    assert found == [
        ("specs/1.yaml:3:1", "the key name stands here twice, first on line 1"),
        ("specs/1.yaml:4:11", "unknown key dataset.trian"),
        ("specs/2.yaml:2:1", "not valid YAML: did not find expected ',' or ']'"),
        (
            "specs/3.yaml:1:7",
            "name must be 1 to 63 characters of a-z, 0-9 and - (the first no -), not 'Same'",
        ),
        ("specs/3.yaml:5:9", "method reinforcement needs a grader"),
        ("specs/3.yaml:5:9", "method reinforcement needs dataset.validation"),
        (
            "specs/3.yaml:6:29",
            "hyperparameters.n_epochs must be a whole number from 1 to 50, or auto, not 99",
        ),
        ("specs/3.yaml:6:39", "hyperparameters.beta belongs to method dpo"),
        ("specs/3.yaml:12:9", "the template: nope is not defined"),
        ("specs/3.yaml:13:21", "metadata.ftops_a needs another key: ftops_… is ftops' own"),
        ("specs/3.yaml:13:27", "metadata.b must be text, not 2"),
        ("specs/6.yaml:1:1", "not UTF-8 text"),
        (
            "specs/deep/4.yaml:1:7",
            "the name 'same' is taken: specs/3.yaml:8:7 declares it too",
        ),
        ("specs/deep/4.yaml:5:9", "ftops.yaml has no target 'nowhere'"),
        (
            "specs/deep/4.yaml:6:9",
            "the template: Expected an expression, got 'end of print statement'",
        ),
        ("specs/deep/4.yaml:7:1", "unknown key sed"),
    ]
    assert all(one.excerpt for one in folder.problems())


def test_a_finding_in_the_defaults_is_told_once_and_there(folder: Folder) -> None:
    folder.write(
        "ftops.yaml",
        "project: acme\ntargets: {azure: {kind: azure}}\n"
        "defaults:\n  target: azure\n  suffix: much-too-long-for-azure\n",
    )
    folder.write("specs/a.yaml", whole("a") + "---\n" + whole("b"))
    problem = folder.only_problem()
    assert (problem.path, problem.line, problem.column) == ("ftops.yaml", 5, 11)
    assert problem.field == "defaults.suffix"


def test_what_a_spec_lacks_is_not_the_defaults_fault(folder: Folder) -> None:
    folder.write("ftops.yaml", "project: acme\ndefaults:\n  dataset: {validation: v}\n")
    folder.write("specs/a.yaml", "name: a\nmodel: m\n")
    problem = folder.only_problem()
    assert (problem.path, problem.message) == ("specs/a.yaml", "dataset.train is missing")


def test_defaults_that_stand_in_no_file_have_no_place(folder: Folder) -> None:
    project = Project(project="acme", defaults={"seed": "x", "metadata": {"a": "{{ nope }}"}})
    folder.write("specs/a.yaml", whole("a"))
    files = SpecFiles(folder.root, project, Around(git=dict, environment={}, now=lambda: NOW))
    with pytest.raises(SpecError) as caught:
        files.specs()
    assert [(one.place, one.field) for one in caught.value.problems] == [
        ("specs/a.yaml:1:1", "seed"),
        ("specs/a.yaml:1:1", "metadata.a"),
    ]


def test_a_link_inside_the_project_is_a_spec(folder: Folder) -> None:
    folder.write("elsewhere/a.yaml", whole("a"))
    (folder.root / "specs").mkdir()
    (folder.root / "specs/a.yaml").symlink_to("../elsewhere/a.yaml")
    (folder.root / "specs/again").symlink_to(".")
    assert [one.path for one in folder.specs()] == ["specs/a.yaml"]


@pytest.mark.parametrize(
    "link", [pytest.param("specs/a.yaml", id="a file"), pytest.param("specs/team", id="a folder")]
)
def test_a_link_that_leads_out_is_refused_unless_allowed(link: str, tmp_path: Path) -> None:
    outside = Folder(root=tmp_path / "outside")
    outside.write("team/a.yaml", whole("a"))
    folder = Folder(root=tmp_path / "project")
    folder.write("ftops.yaml", "project: acme\n")
    (folder.root / "specs").mkdir()
    target = "team/a.yaml" if link.endswith("yaml") else "team"
    (folder.root / link).symlink_to(outside.root / target)
    problem = folder.only_problem()
    assert (problem.path, problem.message) == (link, "is a link that leads out of the project")
    assert "allow_outside: true" in (problem.hint or "")
    folder.write("ftops.yaml", "project: acme\nallow_outside: true\n")
    assert folder.only_spec().name == "a"


def test_what_is_no_file_is_refused_without_waiting(folder: Folder) -> None:
    (folder.root / "specs").mkdir()
    os.mkfifo(folder.root / "specs/pipe.yaml")
    (folder.root / "specs/loop.yaml").symlink_to("loop.yaml")
    (folder.root / "specs/gone.yaml").symlink_to("nowhere.yaml")
    assert [(one.path, one.message) for one in folder.problems()] == [
        ("specs/gone.yaml", "cannot be read: No such file or directory"),
        ("specs/loop.yaml", "cannot be read: Too many levels of symbolic links"),
        ("specs/pipe.yaml", "is no regular file"),
    ]


def test_specs_that_are_no_folder_are_refused(folder: Folder) -> None:
    folder.write("specs", "name: a\n")
    assert (folder.only_problem().path, folder.only_problem().message) == (
        "specs",
        "is no folder",
    )


def test_a_folder_that_cannot_be_read_is_told(folder: Folder) -> None:
    folder.write("specs/locked/a.yaml", whole("a"))
    locked = folder.root / "specs/locked"
    locked.chmod(0)
    try:
        if os.access(locked, os.R_OK):
            pytest.skip("this user may read everything")
        assert folder.only_problem().message == "cannot be read: Permission denied"
    finally:
        locked.chmod(0o755)


def test_a_file_name_that_is_no_utf8_can_still_be_named(folder: Folder) -> None:
    (folder.root / "specs").mkdir()
    (folder.root / os.fsdecode(b"specs/\xff.yaml")).write_bytes(b"")
    assert folder.only_problem().path == "specs/\\udcff.yaml"


def test_reading_twice_gives_the_same(folder: Folder) -> None:
    for name in ("c", "a", "b"):
        folder.write(f"specs/{name}.yaml", whole(name, "suffix: '{{ now.year }}'"))
    assert folder.specs() == folder.specs()


def test_the_specs_of_this_repository_are_declared() -> None:
    root = Path(__file__).resolve().parents[3]
    files = SpecFiles(root, read_project(root), Around(git=dict, environment={}, now=lambda: NOW))
    names = {one.name for one in files.specs()}
    assert {"support-bot", "docs-assistant", "support-tone"} <= names
