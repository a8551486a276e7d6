"""A training server to be killed: `python -m tests.trainer.running.served FOLDER`."""

import sys
from pathlib import Path

from ftops.trainer.serve import serve
from tests.trainer.counting_settings import counting

if __name__ == "__main__":
    serve(counting(Path(sys.argv[1])))
