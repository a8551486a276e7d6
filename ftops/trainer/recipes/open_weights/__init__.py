"""The recipe `open-weights`: fine-tunes real models with transformers, peft and trl."""
