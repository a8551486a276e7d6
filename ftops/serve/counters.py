"""What happened since the start, by route and status, as Prometheus reads it."""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ftops.core.access import Usage
from ftops.serve.snapshot.snapshot import Snapshot

TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
UNKNOWN: Final = "unknown"

Labels = Mapping[str, str]
Sample = tuple[Labels, float]


class Counters:
    """Answers given, by method, route and status; routes are templates, so they are few."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: Counter[tuple[str, str, int]] = Counter()

    def count(self, method: str, route: str, status: int) -> None:
        """Count one answer."""
        with self._lock:
            self._answers[method, route, status] += 1

    def samples(self) -> Iterator[Sample]:
        """Yield every count."""
        with self._lock:
            counted = sorted(self._answers.items())
        for (method, route, status), count in counted:
            yield {"method": method, "route": route, "status": str(status)}, count


def exposition(
    snapshot: Snapshot, counters: Counters, usage: Iterable[Usage], age_seconds: float
) -> str:
    """Return everything in Prometheus' text format."""
    jobs = Counter(one.status.value for one in snapshot.jobs)
    specs = Counter((one.sync or UNKNOWN, one.health or UNKNOWN) for one in snapshot.specs)
    used = list(usage)
    families: tuple[tuple[str, str, str, Iterable[Sample]], ...] = (
        ("ftops_look_age_seconds", "gauge", "Age of what is shown", [({}, age_seconds)]),
        ("ftops_looks_total", "counter", "Looks at the provider", [({}, snapshot.number)]),
        ("ftops_stale", "gauge", "1 if a part could not be seen", [({}, bool(snapshot.troubles))]),
        ("ftops_jobs", "gauge", "Jobs by status", [({"status": k}, n) for k, n in jobs.items()]),
        (
            "ftops_specs",
            "gauge",
            "Specs by sync and health",
            [({"sync": sync, "health": health}, n) for (sync, health), n in specs.items()],
        ),
        (
            "ftops_job_progress_percent",
            "gauge",
            "How far each unfinished job is",
            [
                ({"job": one.job_id, "spec": one.spec or UNKNOWN}, one.progress)
                for one in snapshot.jobs
                if one.status.value in {"queued", "running"}
            ],
        ),
        (
            "ftops_model_days_left",
            "gauge",
            "Days until a current model stops answering",
            [
                ({"model": one.id, "spec": one.spec or UNKNOWN}, one.days_left)
                for one in snapshot.models
                if one.is_current and one.days_left is not None
            ],
        ),
        (
            "ftops_test_tokens_month",
            "gauge",
            "Tokens of this month's tests",
            [({"caller": one.name, "model": one.model}, one.used.tokens) for one in used],
        ),
        ("ftops_http_answers_total", "counter", "Answers given", list(counters.samples())),
    )
    return "".join(_family(*family) for family in families)


def _family(name: str, kind: str, about: str, samples: Iterable[Sample]) -> str:
    lines = [f"# HELP {name} {about}", f"# TYPE {name} {kind}"]
    lines += [f"{name}{_labels(labels)} {float(value)!r}" for labels, value in samples]
    return "\n".join(lines) + "\n"


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    told = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{told}}}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
