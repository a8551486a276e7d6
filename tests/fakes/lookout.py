"""A stage as serving sees it: looked at whole, again and again, with no way to change it."""

from ftops.core.history import Chapter
from ftops.core.names import SpecName, TargetName
from ftops.ports import ModelProbe, ProviderReader
from ftops.usecases.survey import Survey, all_sights
from tests.fakes.clock import FakeClock
from tests.fakes.specs import PROJECT
from tests.fakes.stage import Stage

COMMIT_PAGES = "https://git.acme.example/acme/bots/commit/"


class FakeLookout:
    """`surveys` counts the looks; `fault` is what every look raises while it is set."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.histories: dict[SpecName, tuple[Chapter, ...]] = {}
        self.fault: Exception | None = None
        self.surveys = 0
        self.files: object = None

    @property
    def clock(self) -> FakeClock:
        return self.stage.clock

    def mark(self) -> object:
        return self.files

    def survey(self) -> Survey:
        self.surveys += 1
        if self.fault is not None:
            raise self.fault
        stage = self.stage
        site_of = {one.name: stage.target for one in stage.specs}
        seen = all_sights([stage.site], stage.specs, site_of, stage.datasets, 120.0)
        return Survey(
            commit_pages=COMMIT_PAGES,
            at=stage.clock.now(),
            project=PROJECT,
            default_target=stage.target,
            declared=stage.specs,
            site_of=site_of,
            sights=seen,
            histories=self.histories,
        )

    def reader(self, target: TargetName) -> ProviderReader:
        assert target == self.stage.target
        return self.stage.provider

    def probe(self, target: TargetName) -> ModelProbe:
        assert target == self.stage.target
        return self.stage.provider
