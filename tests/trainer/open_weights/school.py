"""A tiny base model of our own making, and rows to tune it on; nothing is downloaded."""

import json
import random
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM
from typing_extensions import override

from ftops.trainer.recipes.contract import (
    Fitted,
    Options,
    Report,
    Resolved,
    Row,
    StepMetrics,
    Stopped,
    Task,
    Wish,
)
from ftops.trainer.recipes.open_weights.recipe import OpenWeightsRecipe

REPOSITORY = Path(__file__).parents[3]
DATASET = REPOSITORY / "datasets/support.train.jsonl"
ROWS: list[Row] = [
    json.loads(line)
    for line in (REPOSITORY / "datasets/support.train.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
KNOWN, NEW = ROWS[: len(ROWS) // 2], ROWS[len(ROWS) // 2 :]
"""What the base was brought up on, and what it is to be taught."""

CHAT = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
STEPS = 150


def make_base(folder: Path) -> Path:
    """Bring up a model of 0.2 million weights on half of the rows (about 10 s of one core)."""
    torch.manual_seed(0)
    tokenizer = make_tokenizer()
    model = Qwen3ForCausalLM(
        Qwen3Config(
            vocab_size=len(tokenizer),
            hidden_size=96,
            intermediate_size=192,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            head_dim=24,
            max_position_embeddings=512,
            tie_word_embeddings=True,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )
    texts = [tokenizer.apply_chat_template(row["messages"], return_dict=False) for row in KNOWN]
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
    drawn = random.Random(0)  # noqa: S311 - the same batches each time, no secret
    for _ in range(STEPS):
        batch = drawn.sample(texts, 8)
        longest = max(map(len, batch))
        tokens = torch.tensor([one + [0] * (longest - len(one)) for one in batch])
        model(
            input_ids=tokens,
            labels=tokens.masked_fill(tokens == 0, -100),
            attention_mask=(tokens != 0).long(),
        ).loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def make_tokenizer() -> PreTrainedTokenizerFast:
    byte_pairs = Tokenizer(models.BPE())
    byte_pairs.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    byte_pairs.decoder = decoders.ByteLevel()
    byte_pairs.train_from_iterator(
        [message["content"] for row in ROWS for message in row["messages"]],
        trainers.BpeTrainer(
            vocab_size=600,
            special_tokens=["<|pad|>", "<|im_start|>", "<|im_end|>"],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=byte_pairs)
    tokenizer.add_special_tokens({"pad_token": "<|pad|>", "eos_token": "<|im_end|>"})
    tokenizer.chat_template = CHAT
    return tokenizer


class Ear(Report):
    """Keeps what a fit tells, and wishes something after a step."""

    def __init__(self, wish: Wish = Wish.GO_ON, after: int = 0) -> None:
        self.steps: list[StepMetrics] = []
        self.notes: list[str] = []
        self.checkpoints: list[Path] = []
        self.was_resolved: Resolved | None = None
        self._wish, self._after = wish, after

    @override
    def resolved(self, resolved: Resolved) -> None:
        self.was_resolved = resolved

    @override
    def note(self, message: str) -> None:
        self.notes.append(message)

    @override
    def step(self, metrics: StepMetrics) -> None:
        self.steps.append(metrics)

    @override
    def checkpoint(self, metrics: StepMetrics, model_dir: Path) -> None:
        assert metrics.step
        self.checkpoints.append(model_dir)

    @override
    def wish(self) -> Wish:
        # Asked after a step and before that step is told.
        return self._wish if len(self.steps) + 1 >= self._after else Wish.GO_ON


def a_task(base: Path, folder: Path, rows: list[Row] = NEW, **changes: Any) -> Task:  # noqa: ANN401 the base's own settings
    options = changes.pop("options", Options(method="supervised", n_epochs=2, seed=1))
    validation = changes.pop("validation", ())
    folder.mkdir(parents=True, exist_ok=True)
    described = {"source": str(base), "learning_rate": 1e-2, "device_batch_size": 8} | changes
    return Task(train=rows, validation=validation, options=options, folder=folder, base=described)


def fitted(task: Task, ear: Ear) -> Path:
    ended = OpenWeightsRecipe().fit(task, ear)
    assert isinstance(ended, Fitted)
    return ended.model_dir


def stopped(task: Task, ear: Ear) -> Wish:
    ended = OpenWeightsRecipe().fit(task, ear)
    assert isinstance(ended, Stopped)
    return ended.wish
