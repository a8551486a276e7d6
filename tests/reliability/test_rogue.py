"""The provider that judges: it sees duplicates, refuses half a request, breaks as it is told."""

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.reliability.provider.server import Rogue
from tests.reliability.provider.weather import Fault, Weather

STAMP = {"ftops_project": "acme", "ftops_spec": "triage", "ftops_fingerprint": "ab" * 32}


@pytest.fixture
def client(rogue: Rogue) -> Iterator[httpx2.Client]:
    rogue.begin()
    with httpx2.Client(base_url=rogue.base_url, timeout=0.5) as client:
        yield client


def create(client: httpx2.Client) -> httpx2.Response:
    files = {"file": ("ftops-x.jsonl", b"{}\n", "application/jsonl")}
    uploaded = client.post("/files", files=files).json()
    body = {"model": "m", "training_file": uploaded["id"], "metadata": STAMP}
    return client.post("/fine_tuning/jobs", json=body)


def test_two_jobs_of_one_fingerprint_are_seen(rogue: Rogue, client: httpx2.Client) -> None:
    assert create(client).status_code == 200
    assert rogue.history.paid_twice() == []
    assert create(client).status_code == 200
    assert rogue.history.paid_twice() == [STAMP["ftops_fingerprint"]]
    assert rogue.history.alive_twice() == [STAMP["ftops_fingerprint"]]
    rogue.history.cancel(rogue.history.ours[0])
    assert rogue.history.alive_twice() == []


def test_a_body_shorter_than_it_says_makes_no_job(rogue: Rogue, client: httpx2.Client) -> None:
    del client
    body = json.dumps({"model": "m", "metadata": STAMP}).encode()
    head = f"POST /v1/fine_tuning/jobs HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    place = urlsplit(rogue.base_url)
    with socket.create_connection((place.hostname or "", place.port or 0)) as half:
        half.sendall(head + body[:-1])
    rogue.rest()
    assert (rogue.history.cut_short, rogue.history.posts, rogue.history.ours) == (1, 0, [])


@pytest.mark.parametrize("fault", [one for one in Fault if not one.kills])
def test_it_breaks_as_it_is_told(rogue: Rogue, client: httpx2.Client, fault: Fault) -> None:
    rogue.weather.creations.append(fault)
    try:
        answer = create(client)
        told = (answer.status_code, answer.headers.get("content-type", ""))
        is_whole = told == (200, "application/json") and "id" in answer.json()
    except (httpx2.RequestError, ValueError):
        is_whole = False
    assert is_whole == (fault is Fault.DRIPS_AFTER)
    rogue.rest()
    assert len(rogue.history.ours) == int(fault.is_accepted)


def test_listings_page_filter_and_lag(rogue: Rogue, client: httpx2.Client) -> None:
    rogue.begin(weather=Weather(unlisted_for=1))
    rogue.history.crowd(3)
    create(client)
    ours = {"metadata[ftops_project]": "acme"}
    listed = [client.get("/fine_tuning/jobs", params=ours).json() for _ in range(2)]
    assert [len(page["data"]) for page in listed] == [0, 1]
    page = client.get("/fine_tuning/jobs", params={"limit": 3}).json()
    assert (len(page["data"]), page["has_more"]) == (3, True)
    rest = client.get("/fine_tuning/jobs", params={"limit": 3, "after": page["data"][-1]["id"]})
    assert (len(rest.json()["data"]), rest.json()["has_more"]) == (1, False)
