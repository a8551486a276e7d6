"""`ftops.yaml` → the project, and where the root is."""

from pathlib import Path

import pytest

from ftops.adapters.spec_files.source import find_root, read_project
from ftops.errors import Problem, SpecError
from tests.adapters.spec_files.project_folder import Folder


def problems(folder: Folder, text: str) -> list[Problem]:
    folder.write("ftops.yaml", text)
    with pytest.raises(SpecError) as caught:
        read_project(folder.root)
    return list(caught.value.problems)


def test_a_whole_project_is_read(folder: Folder) -> None:
    folder.write(
        "ftops.yaml",
        "project: acme-support\n"
        "defaults: {target: openai, suffix: '{{ spec.name }}'}\n"
        "targets:\n"
        "  openai: {}\n"
        "  azure:\n"
        "    kind: azure\n"
        "    base_url: https://acme.openai.azure.com/openai/v1/\n"
        "    api_key: ${AZURE_OPENAI_API_KEY}\n"
        "    extra_body: {trainingType: Standard}\n"
        "limits: {max_train: 3, max_cost_usd: 50}\n"
        "prices: {}\n"
        "lease: none\n"
        "template_env: [BUILD]\n",
    )
    project = read_project(folder.root)
    assert project.project == "acme-support"
    assert project.targets["azure"].extra_body == {"trainingType": "Standard"}
    assert project.limits.max_cost_usd == 50.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", ("ftops.yaml:1", "the file is empty", "project: my-"), id="empty"),
        pytest.param(
            "limits: {}\n",
            ("ftops.yaml:1:1", "project is missing", "goes into every stamp"),
            id="no name",
        ),
        pytest.param(
            "project: a b\n",
            ("ftops.yaml:1:10", "project must be 1 to 63 letters, digits, dots", None),
            id="a name with a space",
        ),
        pytest.param(
            "project: a\ndefault: {}\n",
            ("ftops.yaml:2:1", "unknown key default", "did you mean defaults?"),
            id="a misspelt key",
        ),
        pytest.param(
            "project: a\n---\nproject: b\n",
            ("ftops.yaml:3:1", "a second document", "remove the line ---"),
            id="two documents",
        ),
        pytest.param(
            "project: a\nproject: b\n",
            ("ftops.yaml:2:1", "the key project stands here twice", "keep one"),
            id="a key twice",
        ),
        pytest.param(
            "project: a\ndefaults: {sufix: x}\n",
            ("ftops.yaml:2:12", "unknown key sufix", "did you mean suffix?"),
            id="a misspelt default",
        ),
        pytest.param(
            "project: a\ndefaults:\n  hyperparameters: {n_epochs: 0}\n",
            ("ftops.yaml:3:31", "hyperparameters.n_epochs must be a whole number", None),
            id="a wrong default",
        ),
        pytest.param(
            "project: a\ndefaults: {name: x}\n",
            ("ftops.yaml:2:12", "a name cannot be a default", "of its own"),
            id="a name for all",
        ),
        pytest.param(
            "project: a\ndefaults: {target: azur}\ntargets: {azure: {kind: azure}}\n",
            ("ftops.yaml:2:20", "ftops.yaml has no target 'azur'", "did you mean azure?"),
            id="a default target that is unknown",
        ),
        pytest.param(
            "project: a\ndefaults: [x]\n",
            ("ftops.yaml:2:11", "defaults must be a mapping, not a list", None),
            id="a list of defaults",
        ),
        pytest.param(
            "- a\n",
            ("ftops.yaml:1:1", "a document must be a mapping {project: …}, not a list", None),
            id="a list",
        ),
    ],
)
def test_a_wrong_project_is_told_where(
    text: str, expected: tuple[str, str, str | None], folder: Folder
) -> None:
    (problem,) = problems(folder, text)
    place, message, hint = expected
    assert problem.place == place
    assert problem.message.startswith(message)
    assert hint is None or hint in (problem.hint or "")


def test_every_finding_comes_at_once_and_defaults_are_named(folder: Folder) -> None:
    found = problems(
        folder,
        "projct: a\ndefaults: {seed: x}\ntargets: {a: {api_key: sk-secret-0000}}\nlease: no\n",
    )
    assert [problem.field for problem in found] == [
        "projct",
        "defaults.seed",
        "targets.a.api_key",
        "lease",
    ]
    assert found[3].hint == "did you mean none?"
    assert "secret" not in repr(found)


def test_a_project_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"ftops\.yaml: cannot be read: No such file or directory"):
        read_project(tmp_path)


def test_the_root_is_the_nearest_folder_upwards(folder: Folder, tmp_path: Path) -> None:
    inner = folder.write("a/b/ftops.yaml", "project: inner\n").parent
    (inner / "c").mkdir()
    assert find_root(inner / "c") == inner
    assert find_root(tmp_path / "a") == tmp_path
    assert find_root(Path("/")) is None
