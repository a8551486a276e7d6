"""The command that runs a worker: one process, or several under torchrun."""

import sys


def worker_command(place: str, together: int = 1) -> list[str]:
    """Return the command that works on a try's folder, with so many processes together."""
    # -P: a queue.py or numpy.py in the current folder is not meant for the worker.
    start = [sys.executable, "-P", "-m"]
    if together > 1:
        start += ["torch.distributed.run", "--standalone", "--nproc-per-node", str(together), "-m"]
    return [*start, "ftops.trainer.running.worker", place]
