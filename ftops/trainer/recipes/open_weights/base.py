"""A base model of the server's own list: where its weights lie and how they are tuned."""

import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from ftops.trainer.recipes.contract import UntrainableError


class Tuning(StrEnum):
    """What is trained: a low-rank adapter, the same over 4-bit weights, or every weight."""

    LORA = "lora"
    QLORA = "qlora"
    FULL = "full"


class Precision(StrEnum):
    """The number format of the weights at work; `auto` is bf16 where the hardware has it."""

    AUTO = "auto"
    BF16 = "bf16"
    FP32 = "fp32"


class BaseError(UntrainableError):
    """A base model is described wrongly, or cannot be used on this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """One base model; `source` is a folder (absolute) or a hub id.

    `learning_rate` is what a `learning_rate_multiplier` of 1 stands for, None for the tuning's
    usual one; `max_length` in tokens; `device_batch_size` is how many rows fit a device at once,
    larger batches are accumulated; a state to resume from is kept at least every `save_seconds`;
    `vllm` is the address of a vLLM server of this base that answers for its adapters; `processes`
    is how many of one machine train together, each with a GPU of its own where there are GPUs.
    """

    source: str
    tuning: Tuning = Tuning.LORA
    rank: int = 16
    alpha: int = 32
    dropout: float = 0.0
    learning_rate: float | None = None
    max_length: int = 4096
    precision: Precision = Precision.AUTO
    device_batch_size: int = 4
    save_seconds: float = 600.0
    vllm: str | None = None
    processes: int = 1

    @property
    def is_folder(self) -> bool:
        """Say whether the weights lie on this machine; else they are a hub's."""
        return Path(self.source).is_absolute()


_LEAST: Mapping[str, float] = {
    "rank": 1,
    "alpha": 1,
    "dropout": 0,
    "learning_rate": 0,
    "max_length": 16,
    "device_batch_size": 1,
    "save_seconds": 1,
    "processes": 1,
}


def read_base(plain: Mapping[str, Any]) -> Base:
    """Return the base that plain data describes; BaseError names the field that is wrong."""
    unknown = set(plain) - {field.name for field in fields(Base)}
    if unknown:
        raise BaseError(f"unknown setting {', '.join(sorted(unknown))}")
    try:
        base = msgspec.convert(dict(plain), Base)
    except msgspec.ValidationError as error:
        raise BaseError(str(error)) from error
    if base.vllm is not None and not base.vllm.startswith(("http://", "https://")):
        raise BaseError(f"vllm is {base.vllm!r}; an address begins with http:// or https://")
    for name, least in _LEAST.items():
        value = getattr(base, name)
        if value is not None and value < least:
            raise BaseError(f"{name} is {value}; the least is {least}")
    return base


def plain_base(base: Base) -> dict[str, Any]:
    """Return the base as plain data, as `read_base` reads it."""
    return {name: value for name, value in asdict(base).items() if value is not None}


def start_command(base: Base) -> str:
    """Return the command that starts the vLLM server a base's answers are handed to."""
    port = urlsplit(base.vllm or "").port or 8000
    command = ["vllm", "serve", base.source, "--enable-lora", "--max-lora-rank", str(base.rank)]
    words = shlex.join([*command, "--port", str(port)])
    return f"VLLM_ALLOW_RUNTIME_LORA_UPDATING=True {words}"
