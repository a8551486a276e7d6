"""A base model, its tokenizer and the adapter to train, from folders or the hub's cache."""

import contextlib
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model, prepare_model_for_kbit_training
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    BitsAndBytesConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from trl.chat_template_utils import get_training_chat_template

from ftops.trainer import surroundings
from ftops.trainer.recipes.open_weights.base import Base, BaseError, Precision, Tuning
from ftops.trainer.recipes.open_weights.hardware import dtype_of


def load_tokenizer(source: str) -> PreTrainedTokenizerBase:
    """Return the base's tokenizer, right-padding; BaseError if it cannot be had or cannot chat."""
    try:
        tokenizer = AutoTokenizer.from_pretrained(source, use_fast=True)
    except (OSError, ValueError) as error:
        raise _not_there(source, error) from error
    if tokenizer.chat_template is None:
        raise BaseError(
            f"the tokenizer of {source} has no chat template, so it cannot hold a conversation\n"
            "hint: take the base's chat or instruct version, or save a chat_template with it"
        )
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def for_training(tokenizer: PreTrainedTokenizerBase) -> PreTrainedTokenizerBase:
    """Give the tokenizer a template that prints a conversation's beginning always the same.

    trl keeps such versions of the templates of well-known models, some of which drop the reasoning
    of earlier turns.
    """
    with contextlib.suppress(ValueError):
        patched = get_training_chat_template(tokenizer)
        tokenizer.chat_template = patched or tokenizer.chat_template
    return tokenizer


def load_weights(base: Base, source: str) -> PreTrainedModel:
    """Return the model itself, in the base's number format."""
    extra: dict[str, Any] = {}
    if base.tuning is Tuning.QLORA:
        extra["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=(
                torch.float32 if base.precision is Precision.FP32 else torch.bfloat16
            ),
        )
    try:
        model = AutoModelForCausalLM.from_pretrained(source, dtype=dtype_of(base), **extra)
    except (OSError, ValueError) as error:
        raise _not_there(source, error) from error
    _keep_packing(model)
    return model


def _keep_packing(model: PreTrainedModel) -> None:
    """Have bitsandbytes leave 4-bit weights as they are.

    On processors with AVX512-BF16 it packs them anew at the first evaluation: with other rounding,
    so that training would go on over other weights, and only where widths are multiples of 64.
    """
    for layer in model.modules():
        if hasattr(layer, "support_avx512bf16_for_cpu"):
            layer.support_avx512bf16_for_cpu = False


def trainable(base: Base, parent: Path | None) -> PreTrainedModel | PeftModel:
    """Return the model to train: a fresh adapter, the parent's going on, or all weights."""
    if base.tuning is Tuning.FULL:
        return load_weights(base, base.source if parent is None else str(parent))
    model = load_weights(base, base.source)
    if base.tuning is Tuning.QLORA:
        model = prepare_model_for_kbit_training(model)
    if parent is not None:
        return PeftModel.from_pretrained(model, str(parent), is_trainable=True)
    return get_peft_model(
        model,
        LoraConfig(
            r=base.rank,
            lora_alpha=base.alpha,
            lora_dropout=base.dropout,
            target_modules="all-linear",
            task_type="CAUSAL_LM",
        ),
    )


def hold_in_fp32(model: PreTrainedModel | PeftModel) -> None:
    """Hold an adapter over 4-bit weights in fp32, where trl has made it bf16.

    A state is resumed in fp32, so a pause would change what is learned; and small updates would be
    lost to rounding.
    """
    if getattr(model, "is_loaded_in_4bit", False):
        for weights in model.parameters():
            if weights.requires_grad:
                weights.data = weights.data.to(torch.float32)


def stay_offline(base: Base) -> None:
    """Keep the hub's client from asking anybody about a model that lies in a folder."""
    if base.is_folder:
        surroundings.default_to("HF_HUB_OFFLINE", "1")


def _not_there(source: str, error: Exception) -> BaseError:
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return BaseError(
        f"the base model {source} cannot be loaded: {first}\n"
        "hint: look at its source in the server's configuration; "
        "a hub model is fetched by `hf download` beforehand, or needs a network"
    )
