"""Which target a spec trains on, and why."""

from dataclasses import dataclass

from ftops.core.names import TargetName
from ftops.errors import TargetError


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What may choose a target besides the spec itself."""

    asked: str | None = None
    from_environment: str | None = None
    has_openai_key: bool = False
    is_ci: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetChoice:
    """The chosen target, why, and whether the spec is at home there.

    A spec sent to another target than the declared one rehearses, and so does one that came to
    ftops' own server because nobody chose anything: their locks stay out of the repository.
    """

    name: TargetName
    why: str
    is_home: bool


def choose_target(declared: str | None, around: Surroundings) -> TargetChoice:
    """Return the first of `--target`, FTOPS_TARGET, the declared target, OpenAI with a key, local.

    An automatic choice is refused in CI: a missing secret must not make a pipeline succeed against
    the wrong target.
    """
    for name, why in (
        (around.asked, "--target"),
        (around.from_environment, "FTOPS_TARGET"),
        (declared, "declared"),
    ):
        if name:
            is_home = declared is None or name == declared
            return TargetChoice(name=TargetName(name), why=why, is_home=is_home)
    if around.is_ci:
        raise TargetError(
            "no target is declared, and CI is set, so none is chosen for you",
            hint="set `defaults: {target: …}` in ftops.yaml, FTOPS_TARGET or --target",
        )
    if around.has_openai_key:
        return TargetChoice(name=TargetName("openai"), why="OPENAI_API_KEY is set", is_home=True)
    return TargetChoice(
        name=TargetName("local"),
        why="no target declared and no key: ftops' own training server",
        is_home=False,
    )
