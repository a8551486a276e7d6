"""Every operation as a hostile client would use it: what the description says is what comes."""

from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ftops.core.access import Role
from ftops.core.names import JobId
from ftops.serve.access.limits import Rates
from ftops.serve.app import create_app
from tests.fakes.specs import declared, desired, job, lock
from tests.fakes.stage import Stage
from tests.serve.conftest import House, served
from tests.serve.test_jobs import measured

EXAMPLES: Final = 10
PLENTY: Final = 1_000_000
MADE: Final = desired(rows="datasets/triage.train.jsonl")


def described() -> Stage:
    """A project that has a bit of everything."""
    stage = Stage(declared("triage"), declared("other"))
    stage.provider.add(job(MADE))
    stage.provider.tell(JobId("ftjob-1"), measured(1, train_loss=1.0))
    stage.locks.write(lock(MADE))
    other = desired("other", rows="datasets/other.train.jsonl")
    stage.provider.add(job(other, "failed", id=JobId("ftjob-2")))
    return stage


RATES: Final = Rates(reads=PLENTY, tests=PLENTY, tests_of_all=PLENTY)
AT: Final = served(described(), House(with_tokens=True, rates=RATES, webhook_secret=b"secret"))
APP: Final = create_app(AT.premises)
HOST: Final = {"Host": "127.0.0.1"}
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
schema = schemathesis.openapi.from_asgi(
    "/openapi.json", APP, headers={**HOST, **AT.as_(Role.VIEWER)}
)


@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role or "nobody")
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_the_description_is_kept(case: "schemathesis.Case[Any]", role: Role | None) -> None:
    headers = {**HOST, **({} if role is None else AT.as_(role))}
    answer = case.call(headers=headers)
    case.validate_response(answer, checks=CHECKS)
