"""What one line of the journal says: a creation that begins, or what became of it."""

from datetime import datetime
from typing import Annotated, Self

import msgspec

from ftops.core.names import FileId, Fingerprint, JobId, SpecName
from ftops.core.observed import OpenIntent


class Begun(
    msgspec.Struct,
    tag="begun",
    tag_field="event",
    frozen=True,
    kw_only=True,
    omit_defaults=True,
):
    """A creation is about to be requested, or its answer named `jobs`."""

    project: str
    target: str
    fingerprint: str
    spec: str
    begun_at: Annotated[datetime, msgspec.Meta(tz=True)]
    seen: int
    jobs: tuple[str, ...] = ()
    training_file: str | None = None
    told_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None

    @classmethod
    def of(cls, intent: OpenIntent, *, project: str, target: str) -> Self:
        """Return the line that announces an intent."""
        return cls(
            project=project,
            target=target,
            fingerprint=intent.fingerprint,
            spec=intent.spec,
            begun_at=intent.begun_at,
            seen=intent.seen,
            jobs=intent.jobs,
            training_file=intent.training_file,
            told_at=intent.told_at,
        )

    @property
    def intent(self) -> OpenIntent:
        """Return the intent that the line announced."""
        return OpenIntent(
            fingerprint=Fingerprint(self.fingerprint),
            spec=SpecName(self.spec),
            begun_at=self.begun_at,
            seen=self.seen,
            jobs=tuple(JobId(job) for job in self.jobs),
            training_file=FileId(self.training_file) if self.training_file else None,
            told_at=self.told_at,
        )


class Closed(msgspec.Struct, tag="closed", tag_field="event", frozen=True, kw_only=True):
    """What became of the creation is known."""

    project: str
    target: str
    fingerprint: str
    how: str


Line = Begun | Closed
