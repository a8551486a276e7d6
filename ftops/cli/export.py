"""`ftops export`: a model of the training server as a folder for other programs."""

from pathlib import Path
from typing import Final

import click

from ftops.cli.exits import Exit
from ftops.cli.naming import no_spec
from ftops.cli.options import name_argument
from ftops.cli.session import Session, pass_session
from ftops.core.names import SpecName, TargetName
from ftops.errors import FtopsError
from ftops.usecases.jobs import find_model
from ftops.wiring.targets import LOCAL_STORE, is_own_server

NOT_OURS: Final = "its provider keeps the weights; only models trained on `local` can be taken out"


@click.command(short_help="Take a local model out, as a folder.")
@name_argument
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--merge", is_flag=True, help="Merge an adapter into its base: a model of its own.")
@pass_session
def export(session: Session, name: str, out: Path, *, merge: bool) -> int:
    r"""Write the model of a spec, or a model by its id, into a folder that is not there yet.

    An adapter goes out as peft's folder, which vLLM loads beside its base; merged, it is a model
    that Ollama, llama.cpp and others convert.

    \b
    ftops export support-bot exports/support-bot
    ftops export support-bot exports/support-bot --merge
    """
    from ftops.trainer.exporting import ExportError
    from ftops.trainer.exporting import export as write_out

    workplace = session.workplace
    target: TargetName = workplace.target_of(name)
    is_spec = SpecName(name) in workplace.choices
    if not is_own_server(workplace.target(target)):
        if not is_spec:
            raise no_spec(f"{name} is no model that {target} lets out", name, workplace)
        raise FtopsError(f"{name} was trained on {target}, not on this machine", hint=NOT_OURS)
    model = find_model(name, workplace.eyes(target), tuple(workplace.choices))
    try:
        exported = write_out(workplace.root / LOCAL_STORE, model, out, merge=merge)
    except ExportError as error:
        told, _, hint = str(error).partition("\nhint: ")
        if not is_spec and not hint:
            raise no_spec(told.strip(), name, workplace) from error
        raise FtopsError(told.strip(), hint=hint or None) from error
    session.show(str(exported.folder))
    if exported.base is not None:
        session.say(
            f"an adapter of {exported.base.source}; with vLLM: vllm serve {exported.base.source} "
            f"--enable-lora --max-lora-rank {exported.base.rank} --lora-modules {name}={out}"
        )
    return Exit.FINE
