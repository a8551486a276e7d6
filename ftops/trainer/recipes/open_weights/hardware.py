"""What this machine's accelerator allows."""

import importlib.util

import accelerate
import torch

from ftops.trainer import surroundings
from ftops.trainer.recipes.open_weights.base import Base, BaseError, Precision, Tuning


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
    if not torch.cuda.is_available():
        raise BaseError(
            "qlora holds weights in 4 bits, which needs an NVIDIA GPU, and there is none\n"
            'hint: set tuning = "lora" for this model'
        )
    if importlib.util.find_spec("bitsandbytes") is None:
        raise BaseError(
            "qlora needs the package bitsandbytes\n"
            'hint: pip install bitsandbytes, or set tuning = "lora" for this model'
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
