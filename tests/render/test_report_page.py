"""The report page: whole, without scripts, and deaf to what datasets say."""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from typing import Final

import pytest
from typing_extensions import override

from ftops.core.privacy import Kind
from ftops.dataset.privacy.scanned import Scanned
from ftops.dataset.quality.figures import Bar, Group, Place, RoleTokens, Share
from ftops.dataset.report import DataReport
from ftops.render.report_findings import MOST_ALIKE, MOST_FINDINGS
from ftops.render.report_page import MOST_GROUPS, MOST_SHARES, report_page
from tests.render.quality_samples import FIGURES, FINE, PROBLEM, REPORT, SAMPLED

VOID: Final = {"meta", "br"}
HOSTILE: Final = [
    pytest.param("</style><script>alert(1)</script>", id="a script"),
    pytest.param("\"><img src=x onerror='alert(1)'>", id="an attribute left"),
    pytest.param("' onmouseover='alert(1)", id="a handler"),
    pytest.param("</title></svg></text>]]><!--", id="the end of everything"),
    pytest.param("javascript:alert(1)&lt;script&gt;", id="an entity"),
]


class Page(HTMLParser):
    """What a browser would make of the page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: set[tuple[str, str | None]] = set()
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {(f"{tag} {name}", value) for name, value in attrs}
        if tag not in VOID:
            self._open.append(tag)

    @override
    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {(f"{tag} {name}", value) for name, value in attrs}

    @override
    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    @override
    def handle_data(self, data: str) -> None:
        if self._open[-1:] != ["style"]:
            self.text += data

    @property
    def names(self) -> set[str]:
        """The names of all attributes."""
        return {name.split()[1] for name, _ in self.attributes}


def page_of(report: DataReport) -> Page:
    return Page(report_page(report, "1.2.3"))


def about(**figures: object) -> DataReport:
    return replace(
        FINE,
        quality=replace(SAMPLED, training=replace(FIGURES, **figures)),  # type: ignore[arg-type]  # any figure
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_foreign_text_is_shown_and_does_nothing(text: str) -> None:
    usual = page_of(REPORT)
    hostile = replace(
        REPORT,
        files=(text,),
        validation=(text,),
        problems=(replace(PROBLEM, message=text, path=text, hint=text, code=text),),
        quality=replace(
            REPORT.quality,
            training=replace(
                FIGURES,
                repeats=(
                    Group(rows=2, places=(Place(file=text, line=1), Place(file="b", line=2))),
                ),
                roles=(RoleTokens(role=text, messages=1, tokens=1),),
                system_prompts=(Share(name=text, rows=1),),
                labels=(Share(name=text, rows=1),),
                languages=(Share(name=text, rows=1),),
                boilerplate=(Share(name=text, rows=1),),
            ),
        ),
    )
    page = page_of(hostile)
    assert set(page.tags) <= {*usual.tags, "br"}
    assert page.names <= usual.names
    assert page.text.count(text) >= 10


def test_nothing_is_loaded_and_nothing_runs() -> None:
    text = report_page(REPORT, "1.2.3")
    page = Page(text)
    assert not {"script", "link", "img", "iframe", "object", "base", "form", "a"} & set(page.tags)
    assert not [
        name for name in page.names if name.startswith("on") or name in {"style", "href", "src"}
    ]
    assert "//" not in text.replace("<!doctype", "")
    assert "url(" not in text
    assert "@import" not in text


def test_the_policy_allows_this_style_and_nothing_else() -> None:
    text = report_page(REPORT, "1.2.3")
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    digest = b64encode(sha256(style[1].encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'"
    assert ("meta content", policy) in page_of(REPORT).attributes


def test_the_page_says_what_there_is() -> None:
    text = page_of(REPORT).text
    for told in (
        "datasets/triage.jsonl", "legal, 1 warning", "FT201", "2 repeats of other rows",
        "assistant 700 · 47 %", "English40 · 95 %".replace("English", "English "),
        "4, 9, 31", "median 24", "20+", "is there anything else?", "1.2.3",
        "10 validation rows compared",
    ):  # fmt: skip
        assert told in text
    assert ("svg aria-label", "Rows by tokens, 12 to 90, median 24") in page_of(REPORT).attributes


VERDICTS = [
    pytest.param(FINE, "legal, nothing found against it", id="fine"),
    pytest.param(REPORT, "legal, 1 warning", id="warnings"),
    pytest.param(replace(REPORT, checked=replace(REPORT.checked, errors=2)),
                 "2 errors: a provider would refuse it", id="errors"),
    pytest.param(replace(FINE, privacy=Scanned(rows=60, counts={Kind.IBAN: 240, Kind.EMAIL: 9},
                                               findings=())),
                 "legal, but 240 private values must not leave", id="private values"),
]  # fmt: skip


@pytest.mark.parametrize(("report", "verdict"), VERDICTS)
def test_the_verdict(report: DataReport, verdict: str) -> None:
    assert verdict in page_of(report).text


def test_findings_alike_are_one_with_its_places_and_errors_come_first() -> None:
    alike = [replace(PROBLEM, message=f"mail {n}", line=n, code="FT351") for n in range(1, 400)]
    error = replace(PROBLEM, message="It is refused.", line=910, code="FT025", is_warning=False)
    page = page_of(replace(REPORT, problems=(*alike, PROBLEM, error)))
    text = page.text
    assert text.index("It is refused.") < text.index("mail 1") < text.index(PROBLEM.message)
    assert page.tags.count("li") == page_of(REPORT).tags.count("li") + 2
    assert "398 more in lines 2, 3, 4, 5, 6, 7, 8, 9, …" in text
    assert f"mail {MOST_ALIKE + 1}" in text
    assert f"mail {MOST_ALIKE + 2}" not in text
    assert f"and {398 - MOST_ALIKE} more" in text


def test_a_sample_says_so_and_large_numbers_stay_short() -> None:
    large = replace(FINE.checked, tokens=12_345_678, size=5_300_000)
    text = page_of(replace(FINE, quality=SAMPLED, checked=large)).text
    assert "Figures are of a sample of 60 of 9,000 rows" in text
    assert "12.3 M" in text
    assert "5.3 MB" in text


def bars(counts: Sequence[int]) -> tuple[Bar, ...]:
    return tuple(Bar(start=n * 10, end=n * 10 + 10, rows=rows) for n, rows in enumerate(counts))


@pytest.mark.parametrize("counts", [
    pytest.param([], id="no rows"), pytest.param([7], id="one length"),
    pytest.param([0, 3, 0], id="empty bars"), pytest.param(list(range(1, 19)), id="many bars"),
])  # fmt: skip
def test_any_histogram_is_drawn(counts: list[int]) -> None:
    page = page_of(about(histogram=bars(counts)))
    wide = [value for name, value in page.attributes if name in {"rect x", "rect width", "text x"}]
    assert all(0 <= float(value.removesuffix("%")) <= 100 for value in wide if value)


def test_what_is_too_much_is_counted() -> None:
    groups = tuple(Group(rows=2, places=FIGURES.repeats[0].places[:2]) for _ in range(50))
    prompts = tuple(Share(name=f"prompt {n}", rows=1) for n in range(MOST_SHARES + 3))
    report = about(repeats=groups, near_copies=(), system_prompts=prompts)
    unlike = [replace(PROBLEM, code=f"FT{n}") for n in range(MOST_FINDINGS + 7)]
    many = replace(report, problems=tuple(unlike))
    text = page_of(many).text
    assert f"{50 - MOST_GROUPS} more groups" in text
    assert "and 3 more" in text
    assert "and 7 more" in text


def test_a_dataset_without_repeats_shows_no_table_of_them() -> None:
    report = about(repeats=(), near_copies=(), repeated_rows=0, near_copied_rows=0)
    assert "more groups" not in page_of(report).text
    assert "on their own 60 · 100 %" in page_of(report).text
