"""GitOps for LLM fine-tuning: specs in Git, models at a provider, ftops in between."""
