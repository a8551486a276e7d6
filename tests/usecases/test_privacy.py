"""What blocks stops the pin, what warns goes along, and everything is told at once."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext

import pytest

from ftops.core.desired import DataPin, Declared, Pins
from ftops.core.privacy import Kind
from ftops.dataset.finding import Code, Finding, Severity
from ftops.dataset.privacy.scanned import Scanned
from ftops.errors import DatasetError, Problem
from ftops.ports import DatasetSource, PrivacyGuard
from ftops.usecases.privacy import GuardedData, look_through
from tests.fakes.specs import data_pin, declared, pins


def scanned(*severities: Severity) -> Scanned:
    findings = tuple(
        Finding(severity=one, code=Code.EMAIL, message="m", file="t.jsonl", line=number, path="a")
        for number, one in enumerate(severities, start=1)
    )
    return Scanned(rows=9, counts={Kind.EMAIL: len(findings)}, findings=findings)


class Guard:
    """Finds what it is told to; a spec that it does not know cannot be read."""

    def __init__(self, found: Mapping[str, Scanned]) -> None:
        self._found = found

    def look(self, declared: Declared) -> Scanned:
        if declared.name not in self._found:
            raise DatasetError([Problem(message="gone", path=declared.path)])
        return self._found[declared.name]


class Source:
    """Data with these errors, or none."""

    def __init__(self, *errors: str) -> None:
        self._errors = errors

    def pin(self, declared: Declared) -> tuple[Pins, tuple[Problem, ...]]:
        del declared
        if self._errors:
            raise DatasetError([Problem(message=one) for one in self._errors], hint="h")
        return pins(), (Problem(message="legal but odd"),)

    def staged(self, pin: DataPin) -> AbstractContextManager[str]:
        return nullcontext(pin.digest)


def guarded(found: Scanned | None, *errors: str) -> DatasetSource:
    guard: PrivacyGuard = Guard({} if found is None else {"triage": found})
    return GuardedData(Source(*errors), guard)


def messages(found: Scanned | None, *errors: str) -> list[str]:
    with pytest.raises(DatasetError) as caught:
        guarded(found, *errors).pin(declared())
    assert caught.value.hint is not None or not errors
    return [one.message for one in caught.value.problems]


def test_warnings_go_along() -> None:
    _, warnings = guarded(scanned(Severity.WARNING)).pin(declared())
    assert [one.message for one in warnings] == ["legal but odd", "a: m"]
    assert (warnings[1].place, warnings[1].code) == ("t.jsonl:1", "FT351")


@pytest.mark.parametrize(
    ("most", "told"),
    [
        pytest.param(None, [(n, "a: m") for n in range(1, 1_026)], id="every one"),
        pytest.param(
            2,
            [
                (1, "a: m"),
                (2, "a: m"),
                (
                    3,
                    "1,023 from here on are like those before; "
                    "`ftops validate --all` tells every one",
                ),
            ],
            id="a few",
        ),
        pytest.param(1_025, [(n, "a: m") for n in range(1, 1_026)], id="just as many"),
    ],
)
def test_a_plan_need_not_tell_every_warning(most: int | None, told: list[tuple[int, str]]) -> None:
    found = scanned(*[Severity.WARNING] * 1_025)
    source = GuardedData(Source(), Guard({"triage": found}), most_alike=most)
    _, [_, *warnings] = source.pin(declared())
    assert [(one.line, one.message) for one in warnings] == told


@pytest.mark.parametrize(
    ("found", "errors", "told"),
    [
        pytest.param(
            scanned(Severity.ERROR, Severity.WARNING),
            (),
            ["a: m", "legal but odd", "a: m"],
            id="what blocks, and all else",
        ),
        pytest.param(scanned(Severity.ERROR), ("bad row",), ["bad row", "a: m"], id="both at once"),
        pytest.param(
            scanned(Severity.WARNING),
            ("bad row",),
            ["bad row", "a: m"],
            id="bad rows, and what warns",
        ),
        pytest.param(None, ("gone", "too few"), ["gone", "too few"], id="a lost file, told once"),
        pytest.param(None, (), ["gone", "legal but odd"], id="an allow file that cannot be read"),
    ],
)
def test_errors(found: Scanned | None, errors: tuple[str, ...], told: list[str]) -> None:
    assert messages(found, *errors) == told


def test_staging_is_the_sources_own() -> None:
    with guarded(scanned()).staged(data_pin()) as path:
        assert path == data_pin().digest


def test_specs_that_share_a_file_share_its_findings() -> None:
    found = scanned(Severity.ERROR, Severity.WARNING)
    watched = look_through([declared("a"), declared("b")], Guard({"a": found, "b": found}))
    assert (len(watched.blocking), len(watched.warnings)) == (1, 1)
    assert list(watched.scanned) == ["a", "b"]


def test_every_file_that_cannot_be_read_is_told() -> None:
    with pytest.raises(DatasetError) as caught:
        look_through([declared("a"), declared("b")], Guard({}))
    assert [one.path for one in caught.value.problems] == ["specs/a.yaml", "specs/b.yaml"]
