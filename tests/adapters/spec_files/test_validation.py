"""What is wrong with a spec, in plain words: where, what was expected, and what may help."""

import pytest

from ftops.adapters.spec_files.findings import value_at
from ftops.adapters.spec_files.text import decode
from ftops.adapters.spec_files.validation import closest, parse
from ftops.adapters.spec_files.written.base import Written
from ftops.adapters.spec_files.written.project import Project
from ftops.adapters.spec_files.written.spec import FineTuneSpec
from ftops.adapters.spec_files.yaml_reader import read_yaml
from ftops.core.misfit import misfits_of
from ftops.errors import Problem

WHOLE = "name: a\nmodel: m\ndataset: {train: t}\n"


def problems_of(text: str, model: type[Written] = FineTuneSpec) -> list[Problem]:
    (document,) = read_yaml(decode(text.encode(), "specs/a.yaml")).documents
    problems: list[Problem] = []
    assert (parse(model, document, problems) is None) == bool(problems or document.broken)
    return problems


def only_problem(text: str, model: type[Written] = FineTuneSpec) -> Problem:
    (problem,) = problems_of(text, model)
    return problem


def test_a_whole_spec_has_no_problem() -> None:
    assert problems_of(WHOLE) == []


WRONG_VALUES = [
    pytest.param(
        "hyperparameters: {n_epochs: 60}",
        "hyperparameters.n_epochs must be a whole number from 1 to 50, or auto, not 60",
        None,
        id="a number out of bounds",
    ),
    pytest.param(
        "hyperparameters: {n_epochs: 2.5}",
        "hyperparameters.n_epochs must be a whole number from 1 to 50, or auto, not 2.5",
        None,
        id="a fraction of an epoch",
    ),
    pytest.param(
        'hyperparameters: {n_epochs: "3"}',
        "hyperparameters.n_epochs must be a whole number from 1 to 50, or auto, not '3'",
        "write it as a number, without quotes: 3",
        id="a number in quotes",
    ),
    pytest.param(
        "seed: 1_000",
        "seed must be a whole number from 0 to 2147483647, not '1_000'",
        "write it as a number, without quotes: 1000",
        id="a number with underscores",
    ),
    pytest.param(
        "hyperparameters: {n_epochs: true}",
        "hyperparameters.n_epochs must be a whole number from 1 to 50, or auto, not true",
        None,
        id="a boolean for a number",
    ),
    pytest.param(
        "hyperparameters: {n_epochs: atuo}",
        "hyperparameters.n_epochs must be a whole number from 1 to 50, or auto, not 'atuo'",
        "did you mean auto?",
        id="a misspelt auto",
    ),
    pytest.param(
        "hyperparameters: {n_epochs: {a: 1}}",
        "hyperparameters.n_epochs must be a whole number from 1 to 50, or auto, not a mapping",
        None,
        id="a mapping for a number",
    ),
    pytest.param(
        "hyperparameters: {learning_rate_multiplier: 0}",
        "hyperparameters.learning_rate_multiplier must be a number above 0, or auto, not 0",
        None,
        id="a real out of bounds",
    ),
    pytest.param(
        "method: dpo\nhyperparameters: {beta: 3}",
        "hyperparameters.beta must be a number above 0 and at most 2, or auto, not 3",
        None,
        id="a real between bounds",
    ),
    pytest.param(
        "generation: 0",
        "generation must be a whole number of at least 1, not 0",
        None,
        id="a number with one bound",
    ),
    pytest.param(
        "method: Supervised",
        "method must be supervised, dpo or reinforcement, not 'Supervised'",
        "did you mean supervised?",
        id="a choice in capitals",
    ),
    pytest.param(
        "hyperparameters:",
        "hyperparameters must be a mapping, not empty",
        "write {}, or remove the key",
        id="an empty section",
    ),
    pytest.param(
        "integrations:",
        "integrations must be a list, not empty",
        "give it a value, or remove the key",
        id="an empty list",
    ),
    pytest.param(
        "metadata: {version: 2.10}",
        "metadata.version must be text, not 2.10",
        'quote it: "2.10"',
        id="a version that YAML takes for a number",
    ),
    pytest.param(
        "metadata: {public: true}",
        "metadata.public must be text, not true",
        'quote it: "true"',
        id="a boolean in metadata",
    ),
    pytest.param(
        "metadata: {note: }",
        "metadata.note must be text, not empty",
        "give it a value, or remove the key",
        id="an empty text in metadata",
    ),
    pytest.param(
        "metadata: {tags: [a]}",
        "metadata.tags must be text, not a list",
        None,
        id="a list in metadata",
    ),
    pytest.param(
        "metadata: [a]", "metadata must be a mapping, not a list", None, id="a list of metadata"
    ),
    pytest.param(
        "suffix: Too Nice",
        "suffix must be 1 to 64 characters of a-z, 0-9 and -, not 'Too Nice'",
        None,
        id="a suffix of other characters",
    ),
    pytest.param(
        "integrations: [{type: wandb, wandb: {project: p, tags: [1]}}]",
        "integrations[0].wandb.tags[0] must be text, not 1",
        'quote it: "1"',
        id="a place inside a list",
    ),
]


@pytest.mark.parametrize(("line", "message", "hint"), WRONG_VALUES)
def test_a_wrong_value_is_told_from_a_right_one(line: str, message: str, hint: str | None) -> None:
    problem = only_problem(WHOLE + line)
    assert problem.message == message
    assert problem.hint == hint
    assert problem.line == 3 + len(line.splitlines())
    assert message.startswith(f"{problem.field} ")


WRONG_DATASETS = [
    pytest.param(
        "{train: []}",
        "dataset.train must be text that is not empty, or a list with an entry, not an empty list",
        (3, 18),
        id="no file",
    ),
    pytest.param(
        "{train: [a, 1]}",
        "dataset.train[1] must be text that is not empty, not 1",
        (3, 22),
        id="a number among the files",
    ),
    pytest.param(
        "{train: t, validation: {split: 2}}",
        "dataset.validation.split must be a number above 0 and at most 0.5, not 2",
        (3, 41),
        id="too large a split",
    ),
    pytest.param(
        "{train: t, validation: 5}",
        "dataset.validation must be text that is not empty, a list with an entry, "
        "or a mapping {split: …}, not 5",
        (3, 33),
        id="none of the alternatives",
    ),
    pytest.param("{}", "dataset.train is missing", (3, 1), id="no training file"),
    pytest.param(
        "text",
        "dataset must be a mapping {train: …}, not 'text'",
        (3, 10),
        id="a file for the dataset",
    ),
]


@pytest.mark.parametrize(("dataset", "message", "place"), WRONG_DATASETS)
def test_one_sentence_says_what_a_value_may_be(
    dataset: str, message: str, place: tuple[int, int]
) -> None:
    problem = only_problem(f"name: a\nmodel: m\ndataset: {dataset}\n")
    assert problem.message == message
    assert (problem.line, problem.column) == place


UNKNOWN_KEYS = [
    pytest.param("sufix: a", (4, 1), "unknown key sufix", "did you mean suffix?", id="misspelt"),
    pytest.param(
        "hyperparameters:\n  epochs: 3",
        (5, 3),
        "unknown key hyperparameters.epochs",
        "did you mean n_epochs?",
        id="misspelt inside a section",
    ),
    pytest.param(
        "n_epochs: 3",
        (4, 1),
        "unknown key n_epochs",
        "n_epochs belongs under hyperparameters",
        id="outside its section",
    ),
    pytest.param(
        "hyperparameters: {zzz: 3}",
        (4, 19),
        "unknown key hyperparameters.zzz",
        "allowed here: n_epochs, batch_size, learning_rate_multiplier, beta",
        id="like nothing known",
    ),
]


@pytest.mark.parametrize(("line", "place", "message", "hint"), UNKNOWN_KEYS)
def test_an_unknown_key_comes_with_a_known_one(
    line: str, place: tuple[int, int], message: str, hint: str
) -> None:
    problem = only_problem(WHOLE + line)
    assert (problem.line, problem.column) == place
    assert problem.message == message
    assert (problem.hint or "").startswith(hint)


@pytest.mark.parametrize(
    ("line", "messages"),
    [
        pytest.param(
            "hyperparameters: {beta: 0.1}",
            ["hyperparameters.beta belongs to method dpo"],
            id="a hyperparameter of another method",
        ),
        pytest.param(
            "grader: {type: x}", ["grader belongs to method reinforcement"], id="a grader too many"
        ),
        pytest.param(
            "method: reinforcement",
            [
                "method reinforcement needs a grader",
                "method reinforcement needs dataset.validation",
            ],
            id="reinforcement without its needs",
        ),
        pytest.param(
            "metadata: {ftops_x: a, b: '" + "x" * 513 + "'}",
            [
                "metadata.ftops_x needs another key: ftops_… is ftops' own",
                "metadata.b must be at most 512 characters, not 513",
            ],
            id="two pairs that do not fit",
        ),
        pytest.param(
            "metadata: {'a[0]': x}",
            ["metadata.a[0] needs a key of 1 to 64 characters without brackets"],
            id="a key with brackets",
        ),
        pytest.param(
            "metadata: {" + ", ".join(f"k{n}: x" for n in range(13)) + "}",
            ["metadata has more than 12 entries"],
            id="too many pairs",
        ),
    ],
)
def test_keys_that_do_not_go_together_are_found_at_once(line: str, messages: list[str]) -> None:
    problems = problems_of(WHOLE + line)
    assert [problem.message for problem in problems] == messages
    assert {problem.line for problem in problems} == {4}


@pytest.mark.parametrize(
    ("written", "count"),
    [
        pytest.param({"method": "odd", "grader": {}}, 0, id="an unknown method judges nothing"),
        pytest.param({"method": "dpo", "hyperparameters": 3}, 0, id="no mapping, no finding"),
        pytest.param({"metadata": [1], "method": ["dpo"]}, 0, id="wrong types are left alone"),
        pytest.param({"metadata": {"": 5}}, 1, id="a key without a name"),
        pytest.param(
            {"method": "reinforcement", "grader": {}, "dataset": {"validation": "v"}},
            0,
            id="reinforcement with its needs",
        ),
    ],
)
def test_a_spec_that_is_wrong_in_other_ways_can_be_judged(
    written: dict[str, object], count: int
) -> None:
    assert len(misfits_of(written)) == count


def test_what_is_missing_is_named_with_its_meaning() -> None:
    problems = problems_of("# a comment\nname: a\n")
    assert [(one.message, one.line, one.column) for one in problems] == [
        ("model is missing", 2, 1),
        ("dataset is missing", 2, 1),
    ]
    assert problems[0].hint == (
        "model: The base model, or `{from: other-spec}` to go on from another spec's."
    )


def test_a_misspelt_key_is_not_missed_as_well() -> None:
    problems = problems_of("nam: a\nmodel: {form: b}\ndataset: {train: t}\n")
    assert {problem.hint for problem in problems} == {"did you mean name?", "did you mean from?"}


@pytest.mark.parametrize(
    "name", [pytest.param(one, id=one) for one in ("Upper", "-dash", "a b", "a" * 64, "ä")]
)
def test_a_name_follows_its_rule(name: str) -> None:
    problem = only_problem(f"name: {name}\nmodel: m\ndataset: {{train: t}}\n")
    assert problem.message.startswith(
        "name must be 1 to 63 characters of a-z, 0-9 and - (the first no -), not '"
    )


def test_a_document_must_be_a_mapping() -> None:
    problem = only_problem("- a\n")
    assert problem.message == (
        "a document must be a mapping {name: …, model: …, dataset: …}, not a list"
    )
    assert (problem.line, problem.field) == (1, None)


def test_what_the_reader_refused_is_not_reported_again() -> None:
    assert problems_of("name: &x a\nmodel: *x\n<<: {dataset: 1}\nseed: .nan\n") == []


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        pytest.param(
            "allow_outside: yes",
            "allow_outside must be true or false, not 'yes'",
            "YAML 1.2 knows true and false only: write true",
            id="yes is no boolean",
        ),
        pytest.param(
            "targets: {azure: {api_key: sk-live-123456789}}",
            "targets.azure.api_key must be ${NAME} of an environment variable; "
            "a key never stands in a file",
            None,
            id="a literal key",
        ),
        pytest.param(
            "targets: {azure: {api_key: 123456789}}",
            "targets.azure.api_key must be text",
            None,
            id="a key that is a number",
        ),
        pytest.param(
            "targets: {azure: {kind: asure}}",
            "targets.azure.kind must be openai, azure or local, not 'asure'",
            "did you mean azure?",
            id="an unknown kind",
        ),
        pytest.param(
            "limits: {max_cost_usd: -1}",
            "limits.max_cost_usd must be a number of at least 0, not -1",
            None,
            id="a negative limit",
        ),
    ],
)
def test_the_project_file_is_judged_in_the_same_words(
    text: str, message: str, hint: str | None
) -> None:
    problem = only_problem(f"project: a\n{text}\n", Project)
    assert problem.message == message
    assert problem.hint == hint
    assert "123456789" not in f"{problem}"


def test_there_is_no_value_where_nothing_was_written() -> None:
    assert value_at({"a": [{"b": 1}]}, ("a", 0, "b")) == 1
    assert value_at({"a": [1]}, ("a", 1)) is None
    assert value_at({"a": 1}, ("a", "b")) is None


def test_a_word_close_to_none_has_no_closest() -> None:
    assert closest("xyz", ["name", "model"]) is None
