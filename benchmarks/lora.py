"""One LoRA job of ftops beside the same by plain TRL, alternately: tokens/s and peak memory.

By itself it takes a small base of random weights and runs anywhere `ftops[train]` is installed; on
a GPU give it a real one: `python benchmarks/lora.py --base models/Qwen3-0.6B --repeat 20`. Without
a GPU seconds are the processor's, which other programs disturb less.
"""

import argparse
import importlib.util
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[1]
ROWS = REPOSITORY / "datasets/support.train.jsonl"
OURS, PLAIN = "ftops", "plain TRL"
RANK, ALPHA = 16, 32
RATE = 2e-4
NOISE = 1.1
"""Runs of one side differ by about this much on a shared machine."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What one job cost: the whole of it, and its pace after the first step."""

    tokens_per_second: float
    seconds: float
    peak_mb: float
    last_loss: float


def now() -> float:
    """Return the seconds that this process has taken; with a GPU those on the wall."""
    import torch  # noqa: PLC0415 - the parent needs none of it

    return time.perf_counter() if torch.cuda.is_available() else time.process_time()


@dataclass(kw_only=True)
class Watch:
    """When each step ended; it is also the report of our own fit."""

    begun: float = field(default_factory=now)
    ends: list[float] = field(default_factory=list)
    loss: float = 0.0

    def resolved(self, resolved: object) -> None:
        """Leave aside what is of no interest here."""

    def note(self, message: str) -> None:
        """Leave words aside."""

    def step(self, metrics: Any) -> None:  # noqa: ANN401 - StepMetrics, imported where it is needed
        """Remember the loss."""
        self.loss = metrics.train_loss

    def checkpoint(self, metrics: object, model_dir: Path) -> None:
        """Leave checkpoints aside."""

    def wish(self) -> Any:  # noqa: ANN401 - a Wish, imported where it is needed
        """Note the end of a step, at which this is asked, and never stop."""
        from ftops.trainer.recipes.contract import Wish  # noqa: PLC0415 - the parent needs none of it

        self.ends.append(now())
        return Wish.GO_ON


def rows_of(asked: argparse.Namespace) -> list[dict[str, Any]]:
    """Return the rows, repeated as asked."""
    lines = asked.rows.read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines for _ in range(asked.repeat)]


def train_ours(asked: argparse.Namespace, folder: Path) -> Watch:
    """Fit as a worker of the training server does."""
    from ftops.trainer.recipes.contract import Options, Task  # noqa: PLC0415 - see Watch
    from ftops.trainer.recipes.open_weights.base import read_base  # noqa: PLC0415
    from ftops.trainer.recipes.open_weights.fitting import fit  # noqa: PLC0415

    watch = Watch()
    fit(
        Task(
            train=rows_of(asked),
            options=Options(
                method="supervised", n_epochs=asked.epochs, batch_size=asked.batch, seed=1
            ),
            folder=folder,
        ),
        watch,
        read_base(
            {
                "source": str(asked.base.absolute()),
                "rank": RANK,
                "alpha": ALPHA,
                "learning_rate": RATE,
                "device_batch_size": asked.batch,
                "precision": asked.precision,
            }
        ),
    )
    return watch


def train_plain(asked: argparse.Namespace, folder: Path) -> Watch:
    """Fit as TRL's own documentation does, with what a job of ours has too."""
    import torch  # noqa: PLC0415 - each side loads only what it needs
    from peft import LoraConfig  # noqa: PLC0415
    from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback  # noqa: PLC0415
    from trl import SFTConfig, SFTTrainer  # noqa: PLC0415

    from datasets import Dataset  # noqa: PLC0415

    watch = Watch()
    is_bf16 = asked.precision == "bf16"

    class Ends(TrainerCallback):  # type: ignore[misc] # not installed where the types are checked
        def on_step_end(self, *_: object, **__: object) -> None:
            watch.ends.append(now())

        def on_log(self, *_: object, logs: dict[str, float], **__: object) -> None:
            watch.loss = logs.get("loss", watch.loss)

    trainer = SFTTrainer(
        model=AutoModelForCausalLM.from_pretrained(
            asked.base, dtype=torch.bfloat16 if is_bf16 else torch.float32
        ),
        processing_class=AutoTokenizer.from_pretrained(asked.base),
        train_dataset=Dataset.from_list([{"messages": row["messages"]} for row in rows_of(asked)]),
        peft_config=LoraConfig(
            r=RANK, lora_alpha=ALPHA, target_modules="all-linear", task_type="CAUSAL_LM"
        ),
        args=SFTConfig(
            output_dir=str(folder),
            num_train_epochs=asked.epochs,
            per_device_train_batch_size=asked.batch,
            learning_rate=RATE,
            lr_scheduler_type="cosine",
            max_length=4096,
            bf16=is_bf16,
            use_cpu=not torch.accelerator.is_available(),
            dataloader_pin_memory=torch.accelerator.is_available(),
            save_strategy="epoch",
            report_to=[],
            disable_tqdm=True,
        ),
        callbacks=[Ends()],
    )
    trainer.train()
    return watch


def measure(asked: argparse.Namespace) -> Measured:
    """Run one side's job in this process."""
    import torch  # noqa: PLC0415 - the parent needs none of it
    from transformers import AutoTokenizer  # noqa: PLC0415

    tokenizer = AutoTokenizer.from_pretrained(asked.base)
    tokens = sum(
        len(tokenizer.apply_chat_template(row["messages"], return_dict=False))
        for row in rows_of(asked)
    )
    with tempfile.TemporaryDirectory() as folder:
        watch = (train_ours if asked.side == OURS else train_plain)(asked, Path(folder))
        seconds = now() - watch.begun
    steps = len(watch.ends)
    learned = tokens * asked.epochs * (steps - 1) / steps
    if torch.cuda.is_available():
        peak = torch.cuda.max_memory_reserved() / 2**20
    else:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
            2**20 if sys.platform == "darwin" else 1024
        )
    return Measured(
        tokens_per_second=learned / (watch.ends[-1] - watch.ends[0]),
        seconds=seconds,
        peak_mb=peak,
        last_loss=watch.loss,
    )


def make_base(folder: Path) -> Path:
    """Save a base of five million random weights and a tokenizer of the support set's own."""
    import torch  # noqa: PLC0415 - the parent needs none of it where a base is given
    from transformers import Qwen3Config, Qwen3ForCausalLM  # noqa: PLC0415

    from tests.trainer.open_weights.school import make_tokenizer  # noqa: PLC0415

    torch.manual_seed(0)
    tokenizer = make_tokenizer()
    config = Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=256,
        intermediate_size=768,
        num_hidden_layers=6,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=64,
        tie_word_embeddings=True,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    Qwen3ForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def in_a_process(asked: argparse.Namespace, base: Path, side: str) -> Measured:
    """Run one side by itself, so that its peak of memory is its own."""
    told = subprocess.run(  # noqa: S603 - ourselves
        [
            *(sys.executable, str(Path(__file__)), "--side", side, "--base", str(base)),
            *("--rows", str(asked.rows), "--repeat", str(asked.repeat)),
            *("--epochs", str(asked.epochs), "--batch", str(asked.batch)),
            *("--precision", asked.precision),
        ],
        stdout=subprocess.PIPE,
        stderr=None if asked.verbose else subprocess.DEVNULL,
        env={"OMP_NUM_THREADS": "1"}
        | os.environ
        | {"PYTHONPATH": str(REPOSITORY), "HF_HUB_OFFLINE": "1"},
        check=True,
    )
    return Measured(**json.loads(told.stdout.splitlines()[-1]))


def compare(asked: argparse.Namespace, base: Path) -> None:
    """Run both sides alternately and print what each run cost, then the ratio of the medians."""
    runs: dict[str, list[Measured]] = {OURS: [], PLAIN: []}
    print(f"{'':12}{'tokens/s':>10}{'peak MB':>10}{'job, s':>10}{'last loss':>12}")
    for _ in range(asked.rounds):
        for side, found in runs.items():
            one = in_a_process(asked, base, side)
            found.append(one)
            print(
                f"{side:12}{one.tokens_per_second:10.0f}{one.peak_mb:10.0f}"
                f"{one.seconds:10.1f}{one.last_loss:12.3f}",
                flush=True,
            )
    pace, memory = (
        ratio(
            [getattr(one, what) for one in runs[OURS]], [getattr(one, what) for one in runs[PLAIN]]
        )
        for what in ("tokens_per_second", "peak_mb")
    )
    word = "pass" if pace * NOISE >= 1 else "MISS"
    print(
        f"ftops against plain TRL: {pace:.2f}x the tokens/s, {memory:.2f}x the memory  "
        f"target 1x less {100 * (NOISE - 1):.0f} % of noise  {word}"
    )


def ratio(ours: list[float], theirs: list[float]) -> float:
    """Return one median in terms of the other."""
    return statistics.median(ours) / statistics.median(theirs)


def read_arguments() -> argparse.Namespace:
    """Return what is asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, help="a folder as transformers saves it")
    parser.add_argument("--rows", type=Path, default=ROWS)
    parser.add_argument("--repeat", type=int, default=1, help="how often the rows are taken")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--precision", choices=("bf16", "fp32"), help="bf16 on a GPU, else fp32")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--verbose", action="store_true", help="show what the trainers say")
    parser.add_argument("--side", choices=(OURS, PLAIN), help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Compare, or run the one side that a comparison asks for."""
    asked = read_arguments()
    if importlib.util.find_spec("trl") is None:
        print(
            "left out: ftops[train] is not installed here; make check-train has it in .venv-train"
        )
        return
    if asked.side:
        print(json.dumps(asdict(measure(asked))))
        return
    if asked.precision is None:
        import torch  # noqa: PLC0415 - only where a side is to be run

        asked.precision = "bf16" if torch.cuda.is_available() else "fp32"
    with tempfile.TemporaryDirectory() as folder:
        compare(asked, asked.base or make_base(Path(folder)))


if __name__ == "__main__":
    main()
