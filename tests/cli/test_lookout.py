"""The long look over real files: what changes is seen, what breaks leaves what was there."""

from itertools import pairwise

from ftops.core.names import SpecName, TargetName
from ftops.usecases.survey import Survey
from ftops.wiring.lookout import Lookout
from ftops.wiring.workplace import open_workplace
from tests.cli.lab import Canned
from tests.cli.scene import Scene

LAB = TargetName("lab")


def looking(at: Scene) -> Lookout:
    return Lookout(open_workplace(at.checkout.root, None))


def names(survey: Survey) -> list[str]:
    return sorted(one.name for one in survey.declared)


def test_connections_stay_while_the_settings_do(at: Scene) -> None:
    lookout = looking(at)
    lookout.survey()
    first = lookout.reader(LAB)
    lookout.survey()
    assert lookout.reader(LAB) is first
    at.checkout.settle(at.lab.base_url, limits={"max_train": 1})
    lookout.survey()
    assert lookout.reader(LAB) is not first
    lookout.close()


def test_a_broken_file_leaves_what_was_read_before(at: Scene) -> None:
    lookout = looking(at)
    assert lookout.survey().trouble is None
    at.checkout.write("specs/broken.yaml", "name: [")
    survey = lookout.survey()
    assert survey.trouble is not None
    assert "broken.yaml" in survey.trouble.message
    assert names(survey) == ["triage"]
    (at.checkout.root / "specs/broken.yaml").unlink()
    assert lookout.survey().trouble is None
    lookout.close()


def test_files_that_never_could_be_read_are_told(at: Scene) -> None:
    at.spec("name: [")
    lookout = looking(at)
    survey = lookout.survey()
    assert survey.trouble is not None
    assert survey.declared == ()
    lookout.close()


def test_data_that_cannot_be_read_hides_the_plan_but_no_job(at: Scene) -> None:
    assert at.ftops("apply", "--yes").code == 0
    (at.checkout.root / "datasets/triage.jsonl").unlink()
    lookout = looking(at)
    sight = lookout.survey().sights[LAB]
    assert sight.trouble is not None
    assert sight.plan is None
    assert sight.observed is not None
    assert len(sight.observed.jobs) == 1
    at.lab.answers_everything = Canned.error(401, "no", "invalid_api_key")
    assert lookout.survey().sights[LAB].observed is None
    lookout.close()


def test_history_is_asked_only_when_the_head_has_moved(at: Scene) -> None:
    assert at.ftops("apply", "--yes").code == 0
    lookout = looking(at)
    assert lookout.survey().commit is None
    at.checkout.commit("Train")
    first = lookout.survey()
    assert first.commit is not None
    (chapter,) = first.histories[SpecName("triage")]
    assert chapter.version.subject == "Train"
    assert lookout.survey().histories is first.histories
    at.checkout.write("notes.txt", "more")
    at.checkout.commit("More")
    assert lookout.survey().commit != first.commit
    lookout.close()


def test_what_a_person_or_an_apply_writes_leaves_a_mark(at: Scene) -> None:
    lookout = looking(at)
    marks = [lookout.mark(), lookout.mark()]
    at.add("suffix: other")
    marks.append(lookout.mark())
    assert at.ftops("apply", "--yes").code == 0
    marks.append(lookout.mark())
    lookout.survey()
    marks.append(lookout.mark())
    assert [one == before for before, one in pairwise(marks)] == [True, False, False, True]
    lookout.close()


def test_locks_without_a_spec_are_to_be_forgotten(at: Scene) -> None:
    assert at.ftops("apply", "--yes").code == 0
    (at.checkout.root / "specs/triage.yaml").unlink()
    at.checkout.spec("other", target="openai")
    lookout = looking(at)
    sights = lookout.survey().sights
    plan = sights[LAB].plan
    assert plan is not None
    assert [type(change).__name__ for change in plan.changes] == ["Forget"]
    assert sights[TargetName("openai")].trouble is not None
    lookout.close()
