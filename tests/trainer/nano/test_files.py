import json
from pathlib import Path

import pytest

from tests.trainer.nano.school import asked, fit_small, said, small, support_rows

ROWS = support_rows(4)


@pytest.fixture(scope="module")
def model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fit_small(tmp_path_factory.mktemp("fit"), ROWS)


def _copy(model_dir: Path, into: Path) -> Path:
    for path in model_dir.iterdir():
        (into / path.name).write_bytes(path.read_bytes())
    return into


def test_a_model_is_four_files_with_a_format(model_dir: Path) -> None:
    assert sorted(path.name for path in model_dir.iterdir()) == [
        *("config.json", "memory.npz", "model.npz", "tokenizer.json")
    ]
    assert json.loads((model_dir / "config.json").read_text())["format"] == 1


def test_a_copied_folder_answers_the_same(model_dir: Path, tmp_path: Path) -> None:
    question = ROWS[1]["messages"][:-1]
    models = (small().load(folder) for folder in (model_dir, _copy(model_dir, tmp_path)))
    assert len({said(model, question) for model in models}) == 1


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        pytest.param("config.json", None, "holds no ftops-nano model", id="no config"),
        pytest.param("config.json", "{", "holds no ftops-nano model", id="broken config"),
        pytest.param("config.json", "[]", "holds no ftops-nano model", id="another JSON"),
        pytest.param(
            "config.json", '{"recipe": "other"}', "holds no ftops-nano model", id="another recipe"
        ),
        pytest.param(
            "config.json",
            '{"recipe": "ftops-nano", "format": 2}',
            "has model format 2; this version reads 1\nhint: train it again",
            id="a newer format",
        ),
        pytest.param(
            "config.json", '{"recipe": "ftops-nano", "format": 1}', "is damaged", id="keys missing"
        ),
        pytest.param("model.npz", "PK", "is damaged", id="torn weights"),
        pytest.param("tokenizer.json", "{}", "is damaged", id="no merges"),
        pytest.param("memory.npz", None, "is damaged", id="no memory"),
    ],
)
def test_a_folder_that_is_no_model_is_refused_plainly(
    model_dir: Path, tmp_path: Path, name: str, content: str | None, message: str
) -> None:
    broken = _copy(model_dir, tmp_path)
    (broken / name).unlink()
    if content is not None:
        (broken / name).write_text(content)
    with pytest.raises(ValueError, match=message):
        small().load(broken)


def test_memory_can_be_switched_off_at_load(model_dir: Path) -> None:
    assert len(small().load(model_dir).memory) == 4
    assert len(small().load(model_dir, memory=False).memory) == 0


def test_a_fit_without_memory_keeps_no_rows(tmp_path: Path) -> None:
    off = fit_small(tmp_path, ROWS, memory=False)
    assert not (off / "memory.npz").exists()
    assert len(small().load(off).memory) == 0
    with pytest.raises(ValueError, match="fitted without a memory"):
        small().load(off, memory=True)
    assert isinstance(said(small().load(off), asked("anything")), str)
