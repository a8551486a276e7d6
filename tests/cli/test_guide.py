"""The client snippets of the fine-tuning guide that people copy, unmodified, against `ftops serve`.

Only the port is another one, because 5000 may be taken here. The job and the models have the names
that the snippets use, at a provider of the test's own making.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ftops.core.observed import STAMP_FINGERPRINT, STAMP_PROJECT, STAMP_SPEC
from tests.cli.checkout import Checkout
from tests.cli.test_serve import serving, wait_until

PORT: Final = ":5000"
TESTED: Final = "ft:gpt-3.5-turbo:your-org:custom-model:abc123"
CHATTED: Final = "ft:gpt-3.5-turbo:your-org:custom:abc123"

MONITORING: Final = """
import requests

job_id = "your-job-id"
response = requests.get(f'http://localhost:5000/api/llm/fine-tuning/jobs/{job_id}')
status = response.json()

print(f"Status: {status['status']}")
print(f"Progress: {status['progress']}%")
"""

LISTING: Final = """
import requests

response = requests.get('http://localhost:5000/api/llm/models')
models = response.json()

for model in models:
    print(f"Model: {model['id']}")
    print(f"Created: {model['created_at']}")
    print(f"Status: {model['status']}")
"""

TESTING: Final = """
import requests

model_id = "ft:gpt-3.5-turbo:your-org:custom-model:abc123"
test_prompt = "Hello, how are you?"

response = requests.post(
    f'http://localhost:5000/api/llm/models/{model_id}/test',
    json={'prompt': test_prompt}
)

result = response.json()
print(f"Response: {result['response']}")
"""

CHATBOT: Final = """
class CustomChatbot:
    def __init__(self, model_id):
        self.model_id = model_id
        self.api_base = 'http://localhost:5000/api/llm'
    
    def chat(self, message):
        response = requests.post(
            f'{self.api_base}/models/{self.model_id}/test',
            json={'prompt': message}
        )
        return response.json()['response']

# Use your fine-tuned model
bot = CustomChatbot('ft:gpt-3.5-turbo:your-org:custom:abc123')
response = bot.chat("How can I help you today?")
print(response)
"""  # noqa: W293 - as it stands in the guide

FLASK: Final = """
from flask import Flask, request, jsonify

app = Flask(__name__)

@app.route('/chat', methods=['POST'])
def chat_endpoint():
    user_message = request.json['message']
    model_id = request.json.get('model_id', 'default-model')
    
    # Use fine-tuned model
    response = requests.post(
        f'http://localhost:5000/api/llm/models/{model_id}/test',
        json={'prompt': user_message}
    )
    
    return jsonify({
        'response': response.json()['response'],
        'model': model_id
    })

if __name__ == '__main__':
    app.run(port=8080)
"""  # noqa: W293 - as it stands in the guide

CREATING: Final = """
import requests

# Prepare the training data
training_data = [
    {
        "messages": [
            {"role": "user", "content": "Hello"},
            {"role": "assistant", "content": "Hi! How can I help you today?"}
        ]
    }
]

# Create fine-tuning job
response = requests.post(
    'http://localhost:5000/api/llm/fine-tuning/jobs',
    json={
        'training_data': training_data,
        'model': 'gpt-3.5-turbo',
        'suffix': 'my-custom-model'
    }
)
"""


def job(job_id: str, spec: str, model: str) -> dict[str, Any]:
    stamp = {STAMP_PROJECT: "acme", STAMP_SPEC: spec, STAMP_FINGERPRINT: f"{abs(hash(spec)):064x}"}
    return {
        "object": "fine_tuning.job",
        "id": job_id,
        "created_at": 1_760_000_000,
        "finished_at": 1_760_000_900,
        "model": "gpt-3.5-turbo",
        "fine_tuned_model": model,
        "status": "succeeded",
        "training_file": "file-1",
        "metadata": stamp,
    }


JOBS: Final = [
    job("your-job-id", "default-model", TESTED),
    job("ftjob-2", "chat", CHATTED),
]


MODELS: Final = [{"id": one["fine_tuned_model"]} for one in JOBS]
ONES: Final = {
    **{f"/v1/fine_tuning/jobs/{one['id']}": one for one in JOBS},
    **{f"/v1/models/{one['id']}": one for one in MODELS},
}
MANY: Final = {"/v1/fine_tuning/jobs": JOBS, "/v1/models": MODELS}


async def look(request: Request) -> JSONResponse:
    path = request.scope["path"]
    if path in ONES:
        return JSONResponse(ONES[path])
    return JSONResponse({"object": "list", "data": MANY.get(path, []), "has_more": False})


async def chat(request: Request) -> JSONResponse:
    asked = json.loads(await request.body())
    said = f"{asked['model']} heard {asked['messages'][-1]['content']}"
    return JSONResponse({"choices": [{"message": {"role": "assistant", "content": said}}]})


@contextmanager
def provider() -> Iterator[str]:
    app = Starlette(
        routes=[
            Route("/v1/chat/completions", chat, methods=["POST"]),
            Route("/{path:path}", look),
        ]
    )
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/v1"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A project whose models have the guide's names, served; yields `:PORT`."""
    checkout = Checkout(tmp_path_factory.mktemp("guide"))
    with provider() as base_url:
        checkout.settle(base_url)
        checkout.spec("default-model", model="gpt-3.5-turbo")
        words = [sys.executable, "-m", "ftops", "adopt", "default-model", "your-job-id"]
        subprocess.run(words, cwd=checkout.root, check=True)
        with serving(Path(checkout.root)) as (client, _):
            yield f":{client.base_url.port}"


def run(snippet: str, port: str) -> dict[str, Any]:
    """Run a snippet as it stands, but for the port, after what came before it in the guide."""
    names: dict[str, Any] = {"__name__": "guide"}
    exec("import requests", names)  # noqa: S102 - the guide's own code
    exec(snippet.replace(PORT, port), names)  # noqa: S102 - the guide's own code
    return names


def test_monitoring(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(MONITORING, port)
    assert capsys.readouterr().out == "Status: completed\nProgress: 100%\n"


def test_model_listing(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(LISTING, port)
    lines = capsys.readouterr().out.splitlines()
    assert {f"Model: {TESTED}", f"Model: {CHATTED}"} < set(lines)
    assert lines.count("Status: ready") == 2
    assert "Created: 2025-10-09T09:08:20Z" in lines


def test_model_testing(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(TESTING, port)
    assert capsys.readouterr().out == f"Response: {TESTED} heard Hello, how are you?\n"


def test_the_chatbot(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(CHATBOT, port)
    assert capsys.readouterr().out == f"{CHATTED} heard How can I help you today?\n"


@pytest.mark.parametrize(
    ("named", "model"),
    [
        pytest.param({}, "default-model", id="the default, which is a spec's name"),
        pytest.param({"model_id": CHATTED}, CHATTED, id="a model by its id"),
    ],
)
def test_the_flask_service(port: str, named: dict[str, str], model: str) -> None:
    app = run(FLASK, port)["app"]
    answer = app.test_client().post("/chat", json={"message": "Hi", **named})
    asked = TESTED if model == "default-model" else model
    assert answer.json == {"response": f"{asked} heard Hi", "model": model}


def test_creating_hands_back_what_to_commit(port: str) -> None:
    response = run(CREATING, port)["response"]
    assert response.status_code == 405
    assert response.json()["files"][0]["path"] == "specs/my-custom-model.yaml"
