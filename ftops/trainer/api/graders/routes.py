"""`/v1/fine_tuning/alpha/graders`: try a grader before a job uses it elsewhere."""

from typing import Any, Final, TypedDict

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops.trainer import surroundings
from ftops.trainer.api.bodies import read_body
from ftops.trainer.api.endpoint import Endpoint
from ftops.trainer.api.graders.requests import CheckGrader, TryGrader
from ftops.trainer.api.graders.scoring import check, score
from ftops.trainer.api.parsing import parse

_NO_ERRORS: Final = dict.fromkeys(
    (
        "formula_parse_error",
        "sample_parse_error",
        "truncated_observation_error",
        "unresponsive_reward_error",
        "invalid_variable_error",
        "other_error",
        "python_grader_server_error",
        "python_grader_runtime_error",
        "model_grader_server_error",
        "model_grader_refusal_error",
        "model_grader_parse_error",
    ),
    False,
)


class Checked(TypedDict):
    """A grader that could be run."""

    grader: dict[str, Any]


class Graded(TypedDict):
    """A sample's score."""

    reward: float
    sub_rewards: dict[str, float]
    metadata: dict[str, Any]
    model_grader_token_usage_per_model: dict[str, Any]


async def run(request: Request) -> Response:
    """Score a sample with a grader."""
    asked = parse(await read_body(request), TryGrader)
    return JSONResponse(await run_in_threadpool(_graded, asked))


def _graded(asked: TryGrader) -> Graded:
    begun = surroundings.monotonic()
    facts = {"sample": _sampled(asked.model_sample), "item": asked.item or {}}
    reward, parts = score(asked.grader, facts)
    return {
        "reward": reward,
        "sub_rewards": parts,
        "metadata": {
            "name": asked.grader.name,
            "type": type(asked.grader).__struct_config__.tag,
            "errors": _NO_ERRORS
            | {
                "python_grader_server_error_type": None,
                "python_grader_runtime_error_details": None,
                "model_grader_server_error_details": None,
            },
            "execution_time": surroundings.monotonic() - begun,
            "scores": parts or {asked.grader.name: reward},
            "token_usage": None,
            "sampled_model_name": None,
        },
        "model_grader_token_usage_per_model": {},
    }


def _sampled(text: str) -> dict[str, Any]:
    """Name what a grader may fill in of a sample: the text, and what it says if it is JSON."""
    try:
        return {"output_text": text, "output_json": msgspec.json.decode(text)}
    except (msgspec.DecodeError, RecursionError):
        return {"output_text": text}


async def validate(request: Request) -> Response:
    """Say whether a grader is well formed."""
    asked = parse(await read_body(request), CheckGrader)
    check(asked.grader)
    shape: Checked = {"grader": msgspec.to_builtins(asked.grader)}
    return JSONResponse(shape)


_GRADERS = "/fine_tuning/alpha/graders"

ENDPOINTS = (
    Endpoint(method="POST", path=f"{_GRADERS}/run", answer=run, takes=TryGrader, gives=Graded),
    Endpoint(
        method="POST",
        path=f"{_GRADERS}/validate",
        answer=validate,
        takes=CheckGrader,
        gives=Checked,
    ),
)
