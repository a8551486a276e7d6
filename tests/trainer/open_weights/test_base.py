import re
from pathlib import Path
from typing import Any

import pytest

from ftops.trainer.configuration import Configuration, ConfigurationError, read_configuration
from ftops.trainer.recipes.open_weights.base import (
    Base,
    BaseError,
    Precision,
    Tuning,
    plain_base,
    read_base,
)
from ftops.trainer.settings import one_per_processor


def test_a_base_is_read_as_it_is_written() -> None:
    base = Base(source="/models/qwen", tuning=Tuning.FULL, precision=Precision.BF16, rank=8)
    assert read_base(plain_base(base)) == base
    assert read_base({"source": "Qwen/Qwen3-0.6B"}).tuning is Tuning.LORA


@pytest.mark.parametrize(
    ("source", "is_folder"),
    [
        pytest.param("/models/qwen", True, id="an absolute path"),
        pytest.param("Qwen/Qwen3-0.6B", False, id="a hub id"),
    ],
)
def test_a_folder_is_told_from_a_hub_id(source: str, is_folder: bool) -> None:  # noqa: FBT001 - a table's column
    assert Base(source=source).is_folder is is_folder


@pytest.mark.parametrize(
    ("plain", "words"),
    [
        pytest.param({}, "missing required field `source`", id="no source"),
        pytest.param({"source": "a", "rnak": 3}, "unknown setting rnak", id="a slip"),
        pytest.param({"source": "a", "tuning": "magic"}, "Invalid enum value 'magic'", id="tuning"),
        pytest.param({"source": "a", "rank": 0}, "rank is 0; the least is 1", id="no rank"),
        pytest.param({"source": "a", "rank": "8"}, "Expected `int`", id="a text for a number"),
        pytest.param(
            {"source": "a", "learning_rate": -1.0}, "learning_rate is -1.0", id="a negative rate"
        ),
    ],
)
def test_a_wrong_base_is_refused(plain: dict[str, Any], words: str) -> None:
    with pytest.raises(BaseError, match=re.escape(words)):
        read_base(plain)


def test_a_configuration_lists_bases_beside_itself_and_on_a_hub(tmp_path: Path) -> None:
    (tmp_path / "models/tiny").mkdir(parents=True)
    path = tmp_path / "ftops.server.toml"
    path.write_text(
        '[models.tiny]\nsource = "models/tiny"\n'
        '[models."gpt-oss-20b"]\nsource = "openai/gpt-oss-20b"\ntuning = "qlora"\n'
    )
    listed = read_configuration(path).bases
    assert listed["tiny"]["source"] == str(tmp_path / "models/tiny")
    assert listed["gpt-oss-20b"]["source"] == "openai/gpt-oss-20b"
    assert listed["gpt-oss-20b"]["tuning"] == "qlora"


def test_a_configuration_says_how_many_jobs_run_side_by_side(tmp_path: Path) -> None:
    path = tmp_path / "ftops.server.toml"
    path.write_text("jobs = 3\n")
    assert read_configuration(path) == Configuration(jobs=3)
    path.write_text("")
    assert read_configuration(path).jobs == one_per_processor() >= 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("jobs = 0", "jobs is 0; it is a whole number from 1 on", id="no jobs"),
        pytest.param("jobs = true", "jobs is True; it is a whole", id="a yes for a number"),
        pytest.param('jobs = "2"', "jobs is '2'; it is a whole", id="a text for a number of jobs"),
        pytest.param("jobs = 1.5", "jobs is 1.5; it is a whole", id="half a job"),
        pytest.param("[models", "cannot be read", id="not TOML"),
        pytest.param("port = 3", "unknown setting port", id="a setting it does not have"),
        pytest.param("models = 3", "unknown setting models", id="no tables"),
        pytest.param("[models]\na = 3", "models.a: must be a table with a source", id="no table"),
        pytest.param('[models."a b"]\nsource = "x"', "models.a b: a name holds", id="a bad name"),
        pytest.param(
            '[models."ftops-nano"]\nsource = "x"', "this name is a recipe's own", id="nano's name"
        ),
        pytest.param(
            '[models.a]\nsource = "./gone"', "models.a: there is no folder", id="no such folder"
        ),
        pytest.param('[models.a]\nsource = "x"\nrank = 0', "models.a: rank is 0", id="a bad base"),
    ],
)
def test_a_wrong_configuration_says_where(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "ftops.server.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=re.escape(words)) as caught:
        read_configuration(path)
    assert str(path) in str(caught.value)


def test_a_configuration_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_configuration(tmp_path / "none.toml")
