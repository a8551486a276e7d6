"""What ftops needs to run, to be tested and for its extras is free to use; what is not is named."""

import importlib.metadata
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from packaging.requirements import Requirement

ROOT: Final = Path(__file__).parent.parent
DECISIONS: Final = ROOT / "docs" / "explanation" / "decisions.md"
PERMISSIVE: Final = re.compile(
    r"\b(MIT|BSD|0BSD|Apache|ISC|PSF|Python Software Foundation|CNRI-Python|MPL|Mozilla|Zlib|CC0)\b"
)
OTHERS: Final = {"python-stdnum"}
"""What is used unchanged, and stands with its licence among the decisions."""


def named_in_pyproject() -> set[str]:
    told: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = told["project"]
    lists = [
        project["dependencies"],
        *project["optional-dependencies"].values(),
        told["dependency-groups"]["dev"],
    ]
    return {Requirement(one).name.lower() for every in lists for one in every} - {"ftops"}


def reached(names: set[str]) -> Iterator[importlib.metadata.Distribution]:
    """Yield the packages of these names and all that they need, as far as they are installed."""
    waiting, seen = sorted(names), set(names)
    while waiting:
        try:
            found = importlib.metadata.distribution(waiting.pop())
        except importlib.metadata.PackageNotFoundError:
            continue
        yield found
        for line in found.requires or ():
            needed = Requirement(line)
            name = needed.name.lower()
            if name not in seen and (
                needed.marker is None or needed.marker.evaluate({"extra": ""})
            ):
                seen.add(name)
                waiting.append(name)


def licence_of(one: importlib.metadata.Distribution) -> str:
    told = one.metadata
    if "License-Expression" in told:
        return str(told["License-Expression"])
    classes = [line for line in told.get_all("Classifier", []) if line.startswith("License ::")]
    named = [line.rpartition(" :: ")[2] for line in classes]
    return " OR ".join(named) or told.get_all("License", [""])[0].partition("\n")[0]


def is_permissive(licence: str) -> bool:
    """Say whether one may be chosen whose every part is."""
    choices = [choice.split(" AND ") for choice in licence.split(" OR ")]
    return any(all(PERMISSIVE.search(part) for part in parts) for parts in choices)


FOUND: Final = sorted(reached(named_in_pyproject()), key=lambda one: one.name.lower())


@pytest.mark.parametrize("one", [pytest.param(one, id=one.name) for one in FOUND])
def test_a_dependency_is_free_to_use_or_named_among_the_decisions(
    one: importlib.metadata.Distribution,
) -> None:
    if one.name in OTHERS:
        assert f"{one.name} (LGPL" in " ".join(DECISIONS.read_text(encoding="utf-8").split())
    else:
        assert is_permissive(licence_of(one)), licence_of(one)


@pytest.mark.parametrize(
    ("licence", "is_free"),
    [
        pytest.param("MIT", True, id="one"),
        pytest.param("BSD-3-Clause AND 0BSD AND Zlib", True, id="several that all are"),
        pytest.param("Apache-2.0 OR GPL-2.0-or-later", True, id="a choice"),
        pytest.param("MIT AND GPL-3.0-only", False, id="one part that is not"),
        pytest.param("GNU Lesser General Public License v2 or later (LGPLv2+)", False, id="LGPL"),
        pytest.param("Other/Proprietary License", False, id="not free at all"),
        pytest.param("", False, id="none told"),
    ],
)
def test_only_free_licences_pass(licence: str, *, is_free: bool) -> None:
    assert is_permissive(licence) == is_free
