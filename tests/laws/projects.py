"""Random projects: specs with their chains, and what people do to them between two runs."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from ftops.core.desired import Declared
from ftops.core.names import SpecName
from ftops.core.spec import FromSpec
from tests.fakes.specs import declared

NAMES = ("alpha", "beta", "gamma", "delta", "echo")
Project = tuple[Declared, ...]


@st.composite
def projects(draw: st.DrawFn, most: int = 4) -> Project:
    """Draw specs of which each starts from a base or goes on from another; no twins."""
    count = draw(st.integers(min_value=1, max_value=most))
    specs = []
    for place, name in enumerate(NAMES[:count]):
        fields: dict[str, object] = {}
        above = draw(st.none() | st.sampled_from(NAMES[:place])) if place else None
        if above is not None:
            fields["model"] = {"from": above}
        if draw(st.booleans()):
            fields["metadata"] = {"version": draw(st.sampled_from("12"))}
        specs.append(declared(name, **fields))
    return tuple(specs)


def edited(project: Project, names: frozenset[str]) -> Project:
    """Return the project with other inputs for the named specs."""
    return tuple(changed(one, seed=7) if one.name in names else one for one in project)


def relabelled(project: Project) -> Project:
    """Return the project with other words in every spec."""
    return tuple(changed(one, metadata={"version": "9"}) for one in project)


def renamed(project: Project, names: Mapping[str, str]) -> Project:
    """Return the project with other names for its specs, chains included."""
    specs = []
    for one in project:
        upstream = one.spec.upstream
        new = changed(one, name=SpecName(names.get(one.name, one.name)))
        if upstream is not None:
            new = changed(new, model=FromSpec(from_=SpecName(names.get(upstream, upstream))))
        specs.append(new)
    return tuple(specs)


def changed(one: Declared, **fields: Any) -> Declared:  # noqa: ANN401 - any of a spec's fields
    """Return the spec with other fields."""
    return replace(one, spec=replace(one.spec, **fields))
