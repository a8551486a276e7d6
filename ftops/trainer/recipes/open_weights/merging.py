"""Merges a checkpoint's adapter into its base: `python -m … MODEL_DIR OUT`."""

import sys
from pathlib import Path

from peft import PeftModel

from ftops.trainer.recipes.open_weights import loading
from ftops.trainer.recipes.open_weights.base import Base, BaseError, Tuning
from ftops.trainer.recipes.open_weights.states import described_base, sync_tree


def merge(model_dir: Path, out: Path) -> None:
    """Write the whole model as transformers saves it, in the base's number format."""
    base = described_base(model_dir)
    loading.stay_offline(base)
    # Merged into 4-bit weights an adapter would lose what it learned.
    whole = Base(source=base.source, tuning=Tuning.LORA, precision=base.precision)
    model = loading.load_weights(whole, base.source)
    merged = PeftModel.from_pretrained(model, str(model_dir)).merge_and_unload()
    merged.save_pretrained(out)
    loading.load_tokenizer(str(model_dir)).save_pretrained(out)
    sync_tree(out)


def main() -> None:
    """Merge what the arguments name."""
    try:
        merge(Path(sys.argv[1]), Path(sys.argv[2]))
    except BaseError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
