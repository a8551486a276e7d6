"""What `ftops validate` still tells where a spec is wrong: the data of those that are not."""

from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from ftops.cli.session import Session
from ftops.core.desired import Declared
from ftops.errors import DatasetError, Problem, SpecError
from ftops.usecases.plan import findings_in
from ftops.usecases.privacy import GuardedData

if TYPE_CHECKING:
    from ftops.adapters.dataset_files.checks import Tokens


def with_data_of_the_rest(
    session: Session, error: SpecError, names: Sequence[str], only: str | None, tokens: "Tokens"
) -> SpecError:
    """Return the error with what there is to say of the data of specs that can be read."""
    declared = session.workplace.declared_so_far(names)
    found = [*error.problems]
    if only != "quality":
        found += _data_problems(session, declared, only, tokens)
    if only in {None, "quality"}:
        # Data that is not there is told by both, once with the field.
        told = {(one.path, one.message) for one in found}
        unwise = _unwise(session, declared)
        found += [one for one in unwise if (one.path, one.message) not in told]
    return SpecError([*dict.fromkeys(found)], hint=error.hint)


def _data_problems(
    session: Session, declared: Sequence[Declared], only: str | None, tokens: "Tokens"
) -> tuple[Problem, ...]:
    workplace = session.workplace
    with closing(workplace.open_datasets(tokens)) as datasets:
        source = GuardedData(datasets, workplace.privacy) if only is None else datasets
        return findings_in(declared, source)


def _unwise(session: Session, declared: Sequence[Declared]) -> tuple[Problem, ...]:
    from ftops.usecases.quality import assess_all

    try:
        _, unwise = assess_all(declared, session.workplace.quality)
    except DatasetError as error:
        return error.problems
    return unwise
