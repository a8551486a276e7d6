"""Templates: rendered in a sandbox of their own, or cut with a reason."""

import io
import json
import resource
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ftops.adapters.spec_files import template_child
from ftops.adapters.spec_files.templates import (
    Bounds,
    Fault,
    Outside,
    Rendered,
    Task,
    is_template,
    render,
)
from ftops.errors import FtopsError

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
OUTSIDE = Outside(
    git={"sha": "0123abc", "branch": "main"},
    env={"BUILD": "7"},
    open_variables=["BUILD", "UNSET"],
    now=NOW,
)
SPEC = {"name": "bot", "hyperparameters": {"n_epochs": "auto"}, "metadata": {"version": "2"}}


def answer(text: str, spec: Mapping[str, object] | None = SPEC) -> dict[str, object]:
    """Return what the child says, asked within this process."""
    request = {
        "git": OUTSIDE.git,
        "env": OUTSIDE.env,
        "open": OUTSIDE.open_variables,
        "now": NOW.isoformat(),
        "templates": [{"text": text, "spec": spec}],
    }
    (said,) = template_child.answers(request, no_limit)
    return said


def no_limit(_what: int, _soft: int) -> None:
    """Leave the limits of the process that tests as they are."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("{{ 1 }}", True, id="an expression"),
        pytest.param("{% if x %}", True, id="a statement"),
        pytest.param("{# x #}", True, id="a comment"),
        pytest.param("{ x }", False, id="a brace alone"),
        pytest.param("plain", False, id="plain text"),
    ],
)
def test_only_a_marker_makes_a_template(text: str, expected: bool) -> None:  # noqa: FBT001  (a table's column)
    assert is_template(text) is expected


@pytest.mark.parametrize(
    ("text", "rendered", "names"),
    [
        pytest.param("v-{{ git.sha }}", "v-0123abc", ["git"], id="the commit"),
        pytest.param("{{ now.strftime('%Y%m%d') }}", "20261122", ["now"], id="the day"),
        pytest.param(
            "{{ now.isoformat() }}", "2026-11-22T10:30:00+00:00", ["now"], id="the time in UTC"
        ),
        pytest.param("{{ spec.name }}-x", "bot-x", ["spec"], id="the spec's name"),
        pytest.param("{{ spec.metadata.version }}", "2", ["spec"], id="the spec's metadata"),
        pytest.param("b{{ env.BUILD }}", "b7", ["env"], id="an open variable"),
        pytest.param(
            "{{ env.UNSET | default('none') }}", "none", ["env"], id="an unset variable's default"
        ),
        pytest.param("{% for i in range(3) %}{{ i }}{% endfor %}", "012", [], id="a short loop"),
        pytest.param("{# note #}a\n", "a\n", [], id="a line end stays"),
        pytest.param("{% raw %}{{ x }}{% endraw %}", "{{ x }}", [], id="no template after all"),
        pytest.param("{{ '<b>' }}", "<b>", [], id="this is no HTML"),
    ],
)
def test_a_template_sees_what_it_may(text: str, rendered: str, names: list[str]) -> None:
    assert answer(text) == {"text": rendered, "names": names}


ESCAPES = [
    pytest.param("{{ ''.__class__.__mro__ }}", "unsafe", id="the class of a text"),
    pytest.param("{{ spec.__init__.__globals__ }}", "unsafe", id="globals of a method"),
    pytest.param("{{ '{0.__class__}'.format(1) }}", "unsafe", id="format strings"),
    pytest.param("{{ ''|attr('__class__') }}", "unsafe", id="the attr filter"),
    pytest.param("{{ ''['__class__'] }}", "unsafe", id="by index"),
    pytest.param("{{ cycler.__init__.__globals__.os }}", "not defined", id="a global of jinja's"),
    pytest.param("{{ self.__init__ }}", "unsafe", id="the template itself"),
    pytest.param("{{ lipsum() }}", "not defined", id="chance"),
    pytest.param("{{ [1, 2]|random }}", "No filter named 'random'", id="chance in a filter"),
    pytest.param("{{ spec.update({'a': 1}) }}", "unsafe", id="changing the spec"),
    pytest.param("{% include '/etc/passwd' %}", "no loader", id="another file"),
    pytest.param("{% import 'os' as os %}{{ os }}", "no loader", id="an import"),
    pytest.param("{{ env.HOME }}", "HOME is not open to it", id="a variable that is not open"),
    pytest.param("{{ env['HOME'] }}", "HOME is not open to it", id="the same by index"),
    pytest.param("{{ env.get('HOME') }}", "get is not open to it", id="the same by method"),
]

FAULTS = [
    pytest.param("{{ gti.sha }}", "gti is not defined", id="an unknown name"),
    pytest.param("{{ env.UNSET }}", "there is no 'UNSET' here", id="an unset variable"),
    pytest.param("{{ spec.nope }}", "there is no 'nope' here", id="what the spec has not"),
    pytest.param("{{ 1 / 0 }}", "division by zero", id="a wrong calculation"),
    pytest.param("{{ }}", "Expected an expression", id="broken syntax"),
    pytest.param("{% for i in range(99999) %}x{% endfor %}", "a range of 99999", id="a long range"),
    pytest.param("{{ 'A' * 50000000 }}", "more than 4096 characters", id="a long text"),
    pytest.param(
        "{% for i in range(1000) %}{% for j in range(1000) %}ab{% endfor %}{% endfor %}",
        "more than 4096 characters",
        id="loops that print",
    ),
    pytest.param(
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "nested too deeply", id="recursion"
    ),
    pytest.param("{{ " + "(" * 1500 + "1" + ")" * 1500 + " }}", "nested", id="many brackets"),
]


@pytest.mark.parametrize(("text", "said"), [*ESCAPES, *FAULTS])
def test_a_template_that_asks_too_much_is_told_so(text: str, said: str) -> None:
    assert said in str(answer(text)["error"])


def test_a_fault_names_the_line_and_a_cure() -> None:
    assert answer("\n\n{{ spec.nope }}") == {
        "error": "there is no 'nope' here",
        "line": 3,
        "hint": "write what to use instead: {{ … | default('none') }}",
    }
    assert answer("a\n{{ envy }}")["line"] == 2
    assert answer("a\n{{ }}")["line"] == 2
    assert "raw" in str(answer("{{ }}")["hint"])


def test_outside_a_repository_a_missing_commit_is_explained() -> None:
    request = {
        "git": {},
        "env": {},
        "open": [],
        "now": NOW.isoformat(),
        "templates": [{"text": "{{ git.sha }}", "spec": {}}],
    }
    (said,) = template_child.answers(request, no_limit)
    assert str(said["hint"]).startswith("outside a git repository with a commit")


def test_a_template_of_a_wrong_spec_is_only_looked_through() -> None:
    assert answer("{{ spec.nope }}", None) == {"names": ["spec"], "text": None}
    assert "error" in answer("{{ nope }}", None)


def test_memory_that_is_not_there_is_a_fault() -> None:
    assert answer("{{ 'A' * (9999999 * 999999999) }}")["error"] == "needs too much memory"


def test_the_child_answers_line_by_line() -> None:
    request = {
        "git": {},
        "env": {},
        "open": [],
        "now": NOW.isoformat(),
        "templates": [{"text": "{{ 1 }}", "spec": {}}, {"text": "{{ }}", "spec": {}}],
    }
    replies = io.StringIO()
    limits = []
    template_child.main(
        io.StringIO(json.dumps(request)), replies, lambda *limit: limits.append(limit[0])
    )
    assert limits == [
        resource.RLIMIT_CORE,
        resource.RLIMIT_AS,
        resource.RLIMIT_CPU,
        resource.RLIMIT_CPU,
    ]
    first, second = map(json.loads, replies.getvalue().splitlines())
    assert first == {"names": [], "text": "1"}
    assert "error" in second


def tasks(*texts: str) -> list[Task]:
    return [Task(text=text, spec=SPEC) for text in texts]


def test_all_templates_are_rendered_in_order() -> None:
    outcomes = render(
        tasks("{{ spec.name }}", "{{ git.sha }}{{ env.BUILD }}", "{{ nope }}", "{{ '\\x00' }}"),
        OUTSIDE,
    )
    assert outcomes == (
        Rendered(text="bot", changes_by_itself=False),
        Rendered(text="0123abc7", changes_by_itself=True),
        Fault(message="nope is not defined", hint="templates know spec, git, env, now"),
        Fault(message="makes characters that are no text", hint="remove the escape"),
    )


ENDLESS = (
    "{% for a in range(1000) %}{% for b in range(1000) %}{% for c in range(1000) %}"
    "{% endfor %}{% endfor %}{% endfor %}"
)
TOO_LONG = Fault(message="takes too long or too much memory", hint="make it simpler")


def test_a_template_that_does_not_end_is_cut_and_the_others_are_rendered() -> None:
    outcomes = render(tasks("{{ 1 }}", ENDLESS, "{{ 2 }}"), OUTSIDE)
    assert outcomes == (
        Rendered(text="1", changes_by_itself=False),
        TOO_LONG,
        Rendered(text="2", changes_by_itself=False),
    )


def test_a_giant_text_meets_the_memory_limit_or_the_output_limit() -> None:
    (outcome,) = render(tasks("{{ 'A' * 5000000000 }}"), OUTSIDE)
    assert outcome == Fault(message="needs too much memory", hint="make it simpler")


def test_the_clock_on_the_wall_cuts_as_well_and_at_most_three_times() -> None:
    outcomes = render(tasks(*[ENDLESS] * 5), OUTSIDE, Bounds(seconds=0.3))
    not_tried = Fault(message="was not tried: others take too long", hint="mend those first")
    assert outcomes == (TOO_LONG, TOO_LONG, TOO_LONG, not_tried, not_tried)


def test_nothing_to_render_starts_nothing() -> None:
    assert render([], OUTSIDE, Bounds(python="/nowhere/python")) == ()


def test_a_limit_that_the_system_does_not_have_is_left_to_the_clock() -> None:
    template_child.limit_this_process(resource.RLIMIT_CORE, 0)
    assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0
    template_child.limit_this_process(99999, 0)


@pytest.mark.parametrize(
    ("program", "said"),
    [
        pytest.param("/nowhere/python", "No such file", id="no interpreter"),
        pytest.param("", "broken", id="an interpreter that fails"),
    ],
)
def test_a_child_that_cannot_start_is_no_fault_of_the_template(
    program: str, said: str, tmp_path: Path
) -> None:
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\necho broken >&2\nexit 1\n", encoding="utf-8")
    script.chmod(0o755)
    bounds = Bounds(python=program or str(script))
    with pytest.raises(FtopsError, match=f"templates cannot be rendered: .*{said}") as caught:
        render(tasks("{{ 1 }}"), OUTSIDE, bounds)
    assert caught.value.hint
