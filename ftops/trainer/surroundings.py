"""The training server's one door to the clock and the environment."""

import os
import re
import shutil
import time
from pathlib import Path

TRY_TOKEN = "FTOPS_TRY_TOKEN"  # noqa: S105 a variable's name
_SECRET = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|PASSWD)$")

# Two BLAS threads on two cores doubled a job's processor time and, under load, made it six times
# slower; the libraries read these once, when numpy is first imported.
_ONE_THREAD = dict.fromkeys(
    (
        "OPENBLAS_NUM_THREADS",
        "OMP_NUM_THREADS",
        "MKL_NUM_THREADS",
        "BLIS_NUM_THREADS",
        "NUMEXPR_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
    ),
    "1",
)


def now() -> int:
    """Return the time as OpenAI writes it: whole seconds since 1970."""
    return int(time.time())


def exact_now() -> float:
    """Return the time in seconds since 1970, with fractions."""
    return time.time()


def monotonic() -> float:
    """Return seconds from an arbitrary start, never set back, for measuring waits."""
    return time.monotonic()


def sleep(seconds: float) -> None:
    """Wait."""
    time.sleep(seconds)


def free_bytes(folder: Path) -> int:
    """Return how much may still be written to the disk this folder lies on."""
    return shutil.disk_usage(folder).free


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def default_to(name: str, value: str) -> None:
    """Set a variable for libraries that read it, unless a person has."""
    os.environ.setdefault(name, value)


def ranks() -> int:
    """Return how many processes train one model together, as torchrun says; 1 without it."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def rank() -> int:
    """Return which of them this process is; the first, 0, speaks for all."""
    return int(os.environ.get("RANK", "0"))


def try_token() -> str:
    """Return what a worker shows the server of another machine; never a user's key."""
    return os.environ.get(TRY_TOKEN, "")


def ray_token() -> str | None:
    """Return what Ray's clients show, from where Ray itself looks for it; None without one."""
    given = os.environ.get("RAY_AUTH_TOKEN")
    path = Path(os.environ.get("RAY_AUTH_TOKEN_PATH", Path.home() / ".ray/auth_token"))
    if given is None and path.is_file():
        given = path.read_text(encoding="utf-8")
    return given.strip() if given else None


def child_environment() -> dict[str, str]:
    """Return the environment of a child: ours without secrets, and one BLAS thread."""
    kept = {name: value for name, value in os.environ.items() if not _SECRET.search(name)}
    return kept | _ONE_THREAD


def use_one_thread() -> None:
    """Keep this process' own BLAS to one thread; of use only before numpy is imported."""
    for name, value in _ONE_THREAD.items():
        os.environ.setdefault(name, value)
