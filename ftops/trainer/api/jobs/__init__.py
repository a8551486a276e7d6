"""`/v1/fine_tuning/jobs`, and who may use their checkpoints."""
