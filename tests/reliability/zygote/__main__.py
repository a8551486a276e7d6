"""Be ftops once, then fork a real ftops process for each order on standard input."""

import ctypes
import gc
import importlib
import json
import os
import platform
import resource
import signal
import sys
import threading
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import ftops.cli.main
from tests.reliability.zygote.failpoints import Failpoint, Failpoints, How
from tests.reliability.zygote.flying_time import let_time_fly
from tests.reliability.zygote.put import STILLBORN
from tests.reliability.zygote.removals import REMOVALS

MAY_BE_TRACED: Final = 0x59616D61


def main() -> None:
    """Rehearse in this very process, then fork: the children find all imported and cached."""
    # The SDK asks for it once, and starts a program to learn it.
    platform.platform()
    orders, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    for line in orders:
        order = json.loads(line)
        if "pid" in order:
            answer = _wait(order["pid"])
        elif order.pop("rehearse", False):
            answer = {"code": _live(order)}
            gc.collect()
            gc.freeze()
        else:
            answer = _start(order)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _start(order: dict[str, Any]) -> dict[str, int]:
    assert threading.active_count() == 1, "a fork keeps one thread only"
    pid = os.fork()
    if pid == 0:
        code = STILLBORN
        try:
            code = _live(order)
        except BaseException:  # noqa: BLE001 - there is no other place where it could be told
            traceback.print_exc()
        finally:
            os._exit(code)
    return {"pid": pid}


def _wait(pid: int) -> dict[str, int]:
    _, status, used = os.wait4(pid, 0)
    return {"code": os.waitstatus_to_exitcode(status), "peak_bytes": used.ru_maxrss * 1024}


def _live(order: dict[str, Any]) -> int:
    """Be an ftops process and return its exit code."""
    _take_its_place(order)
    _change(order)
    if order["largest_file"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["largest_file"],) * 2)
    if order["stops"]:
        _stop()
    if order["failpoint"] is not None or order["trace"] is not None:
        point = order["failpoint"]
        at = None if point is None else Failpoint(**{**point, "how": How(point["how"])})
        trace = None if order["trace"] is None else Path(order["trace"])
        Failpoints(Path(order["root"]), at, trace).install()
    try:
        code = ftops.cli.main.run(order["arguments"])
    except OSError:
        # Neither stream takes a word: Python ends such a process with 1.
        code = 1
    for stream in (sys.stdout, sys.stderr):
        # What cannot be told any more is no reason for another end, as for Python itself.
        with suppress(OSError):
            stream.flush()
    return code


def _take_its_place(order: dict[str, Any]) -> None:
    os.chdir(order["root"])
    os.environ.clear()  # noqa: TID251 - the whole environment is the order's
    os.environ.update(order["environment"])  # noqa: TID251 - as above
    words = os.open(order["words"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for own, given in ((0, nothing), (1, words), (2, words)):
        os.dup2(given, own)


def _change(order: dict[str, Any]) -> None:
    for place, value in order["settings"].items():
        module, _, name = place.partition(":")
        setattr(importlib.import_module(module), name, value)
    if order["ahead"] is not None:
        let_time_fly(order["ahead"])
    for name in order["without"]:
        REMOVALS[name]()


def _stop() -> None:
    """Let a tracer attach before anything happens; it counts no system call of the wait itself."""
    ctypes.CDLL(None).prctl(MAY_BE_TRACED, ctypes.c_ulong(-1), 0, 0, 0)
    os.kill(os.getpid(), signal.SIGSTOP)


if __name__ == "__main__":
    main()
