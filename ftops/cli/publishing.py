"""`--commit`, `--push` and `--push-to`: what they ask for, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from ftops.adapters.own_folder.folder import OWN_FOLDER
from ftops.cli.options import Command
from ftops.cli.session import Session
from ftops.core.plan import Change, Forget, Plan

if TYPE_CHECKING:
    from ftops.usecases.publish import Published, Wanted

SHORT = 9


def publishing_options(command: Command) -> Command:
    """Take the three options."""
    for option in (
        click.option("--push-to", metavar="BRANCH", help="The same, onto another branch."),
        click.option("--push", is_flag=True, help="The same, and push that commit."),
        click.option("--commit", is_flag=True, help="Commit the locks under specs/, nothing else."),
    ):
        command = option(command)
    return command


@dataclass(frozen=True, kw_only=True)
class Publishing:
    """One command's wish to have its locks committed."""

    session: Session
    wanted: "Wanted"

    def prove(self) -> None:
        """Raise HistoryError unless it will be possible, as far as that can be known before."""
        self.session.workplace.publisher.prove(self.wanted)

    def publish(self, plan: Plan) -> None:
        """Commit, push if wanted, and say what came of it, and what the locks leave behind."""
        published = self.session.workplace.publisher.publish(self.wanted)
        for line in told(published):
            self.session.say(line)
        if published.commit is None and self._rehearses:
            self.session.say(f"the locks of a rehearsal stay in {OWN_FOLDER}/targets/")
        behind = [] if published.commit is None else self._uncommitted(plan)
        if behind:
            self.session.say(
                f"warning: not as committed: {', '.join(behind)}\n"
                "hint: commit and push them too, or the next checkout plans to train what they were"
            )

    def _uncommitted(self, plan: Plan) -> list[str]:
        """Return the specs and data that were planned and are not as the last commit has them."""
        history = self.session.workplace.history
        paths = sorted({path for change in plan.changes for path in _read_for(change)})
        return (
            [path for path in paths if history.is_dirty([path])] if history.is_dirty(paths) else []
        )

    @property
    def _rehearses(self) -> bool:
        workplace = self.session.workplace
        locks = {name: workplace.locks(name) for name in workplace.sites}
        return any(
            spec not in locks[choice.name].at_home for spec, choice in workplace.choices.items()
        )


def publishing_of(session: Session, options: Mapping[str, object]) -> Publishing | None:
    """Return what the options ask for, or None if nothing is to be committed."""
    from ftops.usecases.publish import Wanted

    branch = options["push_to"]
    push = bool(options["push"]) or branch is not None
    if not push and not options["commit"]:
        return None
    wanted = Wanted(
        push=push,
        branch=None if branch is None else str(branch),
        pipeline_branch=session.workplace.environment.get("CI_COMMIT_BRANCH"),
    )
    return Publishing(session=session, wanted=wanted)


def _read_for(change: Change) -> tuple[str, ...]:
    if isinstance(change, Forget):
        return ()
    pins = change.desired.pins
    validation = () if pins.validation is None else pins.validation.paths
    return (change.desired.declared.path, *pins.training.paths, *validation)


def told(published: "Published") -> list[str]:
    """Return the words for what became of the locks."""
    where = "" if published.place is None else f" and pushed to {published.place}"
    lines = []
    if published.commit is not None:
        paths = ", ".join(published.paths)
        lines.append(f"committed{where} as {published.commit[:SHORT]}: {paths}")
    else:
        lines.append("nothing to commit: the locks under specs/ are as committed")
    if published.left:
        paths = ", ".join(published.left)
        lines.append(f"left as they are on {published.place}, whose jobs are younger: {paths}")
    if published.is_behind:
        lines.append(f"{published.place} is ahead of this checkout: git pull")
    return lines
