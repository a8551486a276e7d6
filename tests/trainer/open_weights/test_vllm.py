"""Answers handed over to vLLM, with a stand-in that speaks its two routes."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from typing_extensions import override

from ftops.trainer.recipes.contract import Sampling, Token
from ftops.trainer.recipes.open_weights.base import Base, plain_base, start_command
from ftops.trainer.recipes.open_weights.recipe import OpenWeightsRecipe
from ftops.trainer.recipes.open_weights.vllm import VllmError, VllmModel

HELLO = [{"role": "user", "content": "Hello"}]


class StandIn(BaseHTTPRequestHandler):
    """Loads each adapter once and says "Hi there"; what it was asked stands in `asked`."""

    asked: list[tuple[str, dict[str, Any]]]
    loaded: set[str]
    refuses: str | None = None
    breaks: bool = False

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.path, body))
        if self.refuses is not None:
            self._reply(400, {"error": {"message": self.refuses}})
        elif self.path == "/v1/load_lora_adapter":
            self._load(body["lora_name"])
        else:
            self._stream()

    def _load(self, name: str) -> None:
        if name in self.loaded:
            message = f"The lora adapter '{name}' has already been loaded."
            self._reply(400, {"error": {"message": message}})
        else:
            self.loaded.add(name)
            self._reply(200, "Success")

    def _stream(self) -> None:
        self.send_response(200)
        self.end_headers()
        first = {"token": "Hi", "logprob": -0.5, "top_logprobs": [{"token": "Ho", "logprob": -1.0}]}
        rest = {"token": " there", "logprob": -0.1, "top_logprobs": []}
        self._event(_chunk("Hi", [first]))
        if self.breaks:
            self._event({"error": {"message": "out of memory"}})
            return
        self._event(_chunk(" there", [rest], finish_reason="stop"))
        self._event({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2}})
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, shape: dict[str, Any]) -> None:
        self.wfile.write(b"data: " + json.dumps(shape).encode() + b"\n\n")

    def _reply(self, status: int, shape: object) -> None:
        content = json.dumps(shape).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    @override
    def log_message(self, format: str, *args: object) -> None:
        return


def _chunk(
    text: str, measured: list[dict[str, Any]], finish_reason: str | None = None
) -> dict[str, Any]:
    choice = {
        "delta": {"content": text},
        "logprobs": {"content": measured},
        "finish_reason": finish_reason,
    }
    return {"choices": [choice]}


@pytest.fixture
def stand_in() -> type[StandIn]:
    return type("Fresh", (StandIn,), {"asked": [], "loaded": set()})


@pytest.fixture
def address(stand_in: type[StandIn]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), stand_in)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def a_model(
    address: str, folder: Path = Path("/store/jobs/ftjob-1/work/checkpoints/step-9")
) -> Any:  # noqa: ANN401 - either kind
    return VllmModel(address=address, model_dir=folder)


def test_an_answer_is_passed_on_as_it_is_drawn(address: str, stand_in: type[StandIn]) -> None:
    sampling = Sampling(temperature=0.3, max_tokens=9, stop=("x",), seed=4, top_logprobs=1)
    answer = a_model(address).answer(HELLO, sampling)
    assert list(answer) == [
        Token(text="Hi", logprob=-0.5, top=(("Ho", -1.0),)),
        Token(text=" there", logprob=-0.1, top=()),
    ]
    assert (answer.finish_reason, answer.prompt_tokens, answer.completion_tokens) == ("stop", 7, 2)
    (load, loaded), (ask, question) = stand_in.asked
    assert load == "/v1/load_lora_adapter"
    assert loaded == {
        "lora_name": "ftjob-1-step-9",
        "lora_path": "/store/jobs/ftjob-1/work/checkpoints/step-9",
    }
    assert ask == "/v1/chat/completions"
    given = {
        name: question[name] for name in ("model", "temperature", "max_tokens", "stop", "seed")
    }
    assert given == {
        "model": "ftjob-1-step-9",
        "temperature": 0.3,
        "max_tokens": 9,
        "stop": ["x"],
        "seed": 4,
    }


def test_an_adapter_that_is_loaded_already_is_as_good(address: str) -> None:
    model = a_model(address)
    for _ in range(2):
        assert "".join(token.text for token in model.answer(HELLO, Sampling())) == "Hi there"


def test_a_refusal_is_told_in_its_own_words(address: str, stand_in: type[StandIn]) -> None:
    stand_in.refuses = "max-lora-rank is 8"
    with pytest.raises(VllmError, match="max-lora-rank is 8"):
        a_model(address).answer(HELLO, Sampling())


def test_an_answer_that_breaks_off_is_told(address: str, stand_in: type[StandIn]) -> None:
    stand_in.breaks = True
    with pytest.raises(VllmError, match="out of memory"):
        list(a_model(address).answer(HELLO, Sampling()))


def test_a_server_that_is_away_is_told() -> None:
    with pytest.raises(VllmError, match=r"vLLM at http://127\.0\.0\.1:9 does not answer"):
        a_model("http://127.0.0.1:9").answer(HELLO, Sampling())


def test_the_configuration_of_today_decides_who_answers(tmp_path: Path, address: str) -> None:
    base = Base(source="/models/tiny")
    (tmp_path / "ftops.json").write_text(json.dumps({"base": plain_base(base)}))
    recipe = OpenWeightsRecipe()
    handed_over = recipe.load(tmp_path, base=plain_base(Base(source="/models/tiny", vllm=address)))
    assert handed_over == VllmModel(address=address, model_dir=tmp_path)
    assert not isinstance(recipe.load(tmp_path, base=plain_base(base)), VllmModel)
    assert not isinstance(recipe.load(tmp_path, base={}), VllmModel)


def test_the_command_that_starts_it() -> None:
    base = Base(source="Qwen/Qwen3-0.6B", rank=32, vllm="http://gpu:8001")
    assert start_command(base) == (
        "VLLM_ALLOW_RUNTIME_LORA_UPDATING=True vllm serve Qwen/Qwen3-0.6B "
        "--enable-lora --max-lora-rank 32 --port 8001"
    )
