"""What this machine's accelerator allows."""

import importlib.util
from importlib import metadata
from typing import Final

import accelerate
import torch
from packaging.version import Version

from ftops.trainer import surroundings
from ftops.trainer.recipes.open_weights.base import Base, BaseError, Precision, Tuning

LEAST_BITSANDBYTES: Final = Version("0.50")


def has_accelerator() -> bool:
    """Say whether there is anything faster than the processor."""
    return torch.accelerator.is_available()


def is_bf16(base: Base) -> bool:
    """Say whether weights are held in bf16; on a processor `auto` keeps to fp32."""
    if base.precision is not Precision.AUTO:
        return base.precision is Precision.BF16
    return torch.cuda.is_available() and torch.cuda.is_bf16_supported()


def dtype_of(base: Base) -> torch.dtype:
    """Return the number format the weights are loaded in."""
    return torch.bfloat16 if is_bf16(base) else torch.float32


def check_tuning(base: Base) -> None:
    """Raise BaseError where the tuning asks for what this machine lacks."""
    if base.tuning is not Tuning.QLORA:
        return
    if importlib.util.find_spec("bitsandbytes") is None:
        found = "it is not installed"
    elif (version := Version(metadata.version("bitsandbytes"))) < LEAST_BITSANDBYTES:
        found = f"{version} is installed"
    else:
        return
    raise BaseError(
        "qlora holds weights in 4 bits by bitsandbytes "
        f"{LEAST_BITSANDBYTES} or newer, and {found}\n"
        f"hint: pip install 'bitsandbytes>={LEAST_BITSANDBYTES}' where the training server runs, "
        'or set tuning = "lora" for this model'
    )


def where() -> str:
    """Name the device for people."""
    if torch.cuda.is_available():
        return f"{torch.cuda.device_count()} x {torch.cuda.get_device_name()}"
    return torch.accelerator.current_accelerator().type if has_accelerator() else "the processor"


def join_processes() -> None:
    """Wait until all that train together are there, so that they can agree from the beginning."""
    if surroundings.ranks() > 1:
        accelerate.PartialState(cpu=not has_accelerator())
