"""`ftops test`, `ftops history` and `ftops adopt`."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ftops.adapters.own_folder.folder import OWN_FOLDER
from ftops.cli.exits import Exit
from ftops.cli.naming import known_as, no_spec
from ftops.cli.options import Format, format_option, name_argument
from ftops.cli.session import Session, pass_session
from ftops.core.names import JobId, ModelId, SpecName
from ftops.core.orders import Question
from ftops.errors import FtopsError, JobNotFound, ProviderRejected, Refusal
from ftops.ports import ModelProbe
from ftops.usecases.jobs import find_model
from ftops.usecases.plan import narrow, pin_all

if TYPE_CHECKING:
    from ftops.wiring.workplace import Workplace

Messages = tuple[Mapping[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """One thing to ask, and perhaps what the answer should be."""

    messages: Messages
    expected: str | None = None


@click.command(short_help="Ask a trained model.")
@name_argument
@click.argument("prompt", required=False)
@click.option(
    "--file",
    "-f",
    "prompts",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='JSONL: {"prompt": …} or {"messages": […]} a line, perhaps with "expected".',
)
@click.option("--system", metavar="TEXT", help="What the system message says.")
@click.option("--temperature", type=click.FloatRange(0, 2), default=0.0, show_default=True)
@click.option("--max-tokens", type=click.IntRange(1), default=512, show_default=True)
@format_option(Format.JSON)
@pass_session
def test(session: Session, /, name: str, output: Format, **options: Any) -> int:  # noqa: ANN401
    r"""Ask the model of a spec, or any model by its id, and stream the answer.

    \b
    ftops test support-bot "How do I reset my password?"
    ftops test ft:gpt-4.1-mini-2025-04-14:acme::AbC123 "Hello"
    ftops test support-bot -f datasets/support.heldout.jsonl
    """
    workplace = session.workplace
    target = workplace.target_of(name)
    model = find_model(name, workplace.eyes(target), tuple(workplace.choices))
    if (options["prompt"] is None) == (options["prompts"] is None):
        raise click.UsageError("give either a PROMPT or --file")
    asked = (
        tuple(_read_prompts(options["prompts"]))
        if options["prompts"]
        else (_prompt_of({"prompt": options["prompt"]}),)
    )
    provider, right, judged = workplace.provider(target), 0, 0
    for prompt in asked:
        question = Question(
            messages=_with_system(prompt.messages, options["system"]),
            temperature=options["temperature"],
            max_tokens=options["max_tokens"],
        )
        with known_as(name, workplace):
            answer = _ask(session, provider, model, question, output)
        if prompt.expected is not None:
            judged, right = judged + 1, right + (answer.strip() == prompt.expected.strip())
    if judged:
        session.say(f"exactly as expected: {right} of {judged}")
    return Exit.FINE


def _ask(
    session: Session, provider: ModelProbe, model: ModelId, question: Question, output: Format
) -> str:
    pieces = []
    for piece in provider.ask(model, question):
        pieces.append(piece)
        if output is Format.TEXT:
            click.echo(piece, nl=False)
    answer = "".join(pieces)
    if output is Format.TEXT:
        click.echo()
    else:
        record = {
            "format_version": 1,
            "model": model,
            "messages": [dict(message) for message in question.messages],
            "response": answer,
        }
        session.show(json.dumps(record, ensure_ascii=False))
    return answer


def _with_system(messages: Messages, system: str | None) -> Messages:
    if system is None or messages[0]["role"] == "system":
        return messages
    return ({"role": "system", "content": system}, *messages)


def _read_prompts(path: Path) -> Iterator[Prompt]:
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield _prompt_of(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            raise FtopsError(
                f'{path}:{number}: needs {{"prompt": text}} or {{"messages": […]}}',
                hint="one JSON object a line, as in `ftops test --help`",
            ) from error


def _prompt_of(row: Mapping[str, Any]) -> Prompt:
    """Return the prompt of one row; ValueError, KeyError or TypeError if it is none."""
    expected = row.get("expected")
    if "prompt" in row:
        messages: Messages = ({"role": "user", "content": _text(row["prompt"])},)
    else:
        messages = tuple(
            {"role": _text(one["role"]), "content": _text(one["content"])}
            for one in row["messages"]
        )
    if not messages:
        raise ValueError("no message")
    return Prompt(messages=messages, expected=None if expected is None else _text(expected))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not text")
    return value


@click.command(short_help="Every model a spec had.")
@name_argument
@format_option(Format.JSON)
@pass_session
def history(session: Session, name: str, output: Format) -> int:
    r"""Show every model that a spec had, from git, youngest first.

    \b
    ftops history support-bot
    """
    from ftops.usecases.history import chapters

    workplace = session.workplace
    locks = workplace.locks(workplace.target_of(name))
    told = chapters(SpecName(name), workplace.history, locks)
    if output is Format.JSON:
        from ftops.render.as_json import history_json

        session.show(history_json(told))
        return Exit.FINE
    if not told:
        raise _without_history(name, locks.path_of(SpecName(name)), workplace)
    from ftops.render.terminal import history_view

    session.show(history_view(told))
    return Exit.FINE


def _without_history(name: str, lock: str, workplace: "Workplace") -> FtopsError:
    message = f"git knows no lock of {name}"
    if SpecName(name) not in workplace.choices:
        return no_spec(message, name, workplace)
    if lock.startswith(OWN_FOLDER):
        return FtopsError(
            message, hint=f"{lock} is never committed: its model lives on this machine only"
        )
    return FtopsError(message, hint=f"commit {lock} after `ftops apply {name}`")


@click.command(short_help="Write a lock for a job that ftops did not start.")
@name_argument
@click.argument("job")
@pass_session
def adopt(session: Session, name: str, job: str) -> int:
    r"""Record a finished job that ftops did not start as what the spec declares.

    You vouch that it was trained on the declared data: that cannot be compared.

    \b
    ftops adopt support-bot ftjob-abc123
    """
    from ftops.usecases.adopt import adopt as record

    workplace = session.workplace
    declared = narrow(workplace.declared, [SpecName(name)])
    tariffs = {
        one: (choice.name, workplace.site(choice).tariff)
        for one, choice in workplace.choices.items()
    }
    desired, _ = pin_all(declared, workplace.datasets, tariffs)
    mine = next(one for one in desired if one.name == name)
    locks = workplace.locks(mine.target)
    eyes = workplace.eyes(mine.target)
    try:
        lock = record(mine, JobId(job), eyes, locks, tariffs[mine.name][1])
    except ProviderRejected as error:
        if error.refusal is not Refusal.NOT_FOUND:
            raise
        hint = f"is it a job of the target {mine.target}? The provider's own list shows its jobs"
        raise JobNotFound(error.message, hint=hint) from error
    session.show(f"{name}: {lock.model}")
    session.say(f"recorded in {locks.path_of(mine.name)}; commit it")
    return Exit.FINE
