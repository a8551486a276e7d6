"""A creation is one POST, whatever the server does once it has accepted it."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import openai
import pytest

from ftops.adapters.openai_provider.writing import OpenAIProvider
from ftops.errors import ProviderError, ProviderRejected
from tests.adapters.openai_provider.builders import connection
from tests.adapters.openai_provider.loopback import PATIENCE, Behaviour, counting
from tests.fakes.specs import PROJECT, order


@contextmanager
def provider_at(base_url: str) -> Iterator[OpenAIProvider]:
    """Yield a provider that is told to follow redirects, as the SDK's own client would."""
    with httpx2.HTTPTransport() as wire:

        def impatient(request: httpx2.Request) -> httpx2.Response:
            timeouts = request.extensions["timeout"]
            request.extensions["timeout"] = dict.fromkeys(timeouts, PATIENCE)
            return wire.handle_request(request)

        transport = httpx2.MockTransport(impatient)
        http = httpx2.Client(transport=transport, follow_redirects=True)
        waited: list[float] = []
        provider = OpenAIProvider(connection(base_url=base_url), PROJECT, http, sleep=waited.append)
        provider.create_seconds = 4 * PATIENCE
        yield provider
        provider.close()
        assert waited == []


def test_a_creation_that_is_answered_is_sent_once() -> None:
    with counting(Behaviour.ANSWERS) as server, provider_at(server.base_url) as provider:
        assert provider.create_job(order()).id == "ftjob-1"
        assert server.jobs == 1


@pytest.mark.parametrize("behaviour", sorted(set(Behaviour) - {Behaviour.ANSWERS}))
def test_a_creation_that_is_answered_badly_is_sent_once(behaviour: Behaviour) -> None:
    wanted = order()
    with counting(behaviour) as server, provider_at(server.base_url) as provider:
        with pytest.raises(ProviderError) as caught:
            provider.create_job(wanted)
        assert not isinstance(caught.value, ProviderRejected), "nobody said that nothing happened"
        assert server.jobs == 1
        assert server.keys == [wanted.idempotency_key]


def test_the_sdk_by_itself_would_pay_three_times() -> None:
    with counting(Behaviour.ASKS_TO_RETRY) as server:
        client = openai.OpenAI(api_key="sk-test", base_url=server.base_url)
        with client, pytest.raises(openai.InternalServerError):
            client.fine_tuning.jobs.create(model="gpt-4.1", training_file="file-1")
        assert server.jobs == 3


def test_nobody_at_the_address_is_told_with_the_address() -> None:
    with counting(Behaviour.ANSWERS) as server:
        address = server.base_url
    with (
        provider_at(address) as provider,
        pytest.raises(ProviderError, match=address) as caught,
    ):
        provider.create_job(order())
    assert caught.value.hint
