"""Edges of the detectors that the corpus does not reach."""

import time

import pytest

from ftops.core.privacy import Kind
from ftops.dataset.privacy.look import look

LOOKS = [
    pytest.param("mail a@b.co.uk", Kind.EMAIL, "a@b.co.uk", id="an address in two-part domain"),
    pytest.param("x@y.com@z.com", Kind.EMAIL, "x@y.com", id="two signs"),
    pytest.param("@only.com", None, "", id="no local part"),
    pytest.param("see git@host.org/a", None, "", id="a repository"),
    pytest.param("+1 911 867 5309", None, "", id="no area code ends in 11"),
    pytest.param("1-212-867-5309", Kind.PHONE, "1-212-867-5309", id="a trunk prefix"),
    pytest.param("0049 171 9283746", Kind.PHONE, "0049 171 9283746", id="two zeros for a plus"),
    pytest.param("+210 171 9283746", None, "", id="no country has 210"),
    pytest.param("+44 44444444444", None, "", id="all the same digit"),
    pytest.param("+44 7700 900123", None, "", id="kept free for films"),
    pytest.param("call 2019/2020 a year", None, "", id="years are no number to call"),
    pytest.param("card 4556474853287", Kind.CARD, "4556474853287", id="a short card, announced"),
    pytest.param("4242 4242 4242 4242", None, "", id="a test card"),
    pytest.param("iban de89370400440532013000", Kind.IBAN, "de89370400440532013000", id="small"),
    pytest.param("DE8937040044053201300", None, "", id="an IBAN too short"),
    pytest.param("DE893704004405320130001", None, "", id="an IBAN too long"),
    pytest.param("DE89.370400440532013000", None, "", id="an IBAN with a dot"),
    pytest.param("8.8.8.8 from 127.0.0.1", None, "", id="addresses that are nobody's"),
    pytest.param("224.0.0.251 is multicast", None, "", id="a group address"),
    pytest.param("at 2a02:8108::5:", Kind.IP_ADDRESS, "2a02:8108::5", id="a colon after it"),
    pytest.param("2024:10:11", None, "", id="no newer address"),
    pytest.param("a2a02:8108::5", None, "", id="letters before it"),
    pytest.param("born on 31.1.85.", Kind.BIRTH_DATE, "31.1.85", id="a two-digit year"),
    pytest.param("born here. Invoice of 04/17/2023", None, "", id="a date of something else"),
    pytest.param(f"-----BEGIN PRIVATE KEY-----{' word' * 20}", None, "", id="a key in words"),
    pytest.param("born in May 1985", None, "", id="a month is no date"),
    pytest.param("eyJhbGciOiJIUzI1NiJ9.abcdefghijk", None, "", id="two parts are no token"),
    pytest.param("eyJmb28iOiJiYXIifQ.abcdefghij.abcdefghij", None, "", id="no algorithm"),
    pytest.param("eyJAAAAAAAAA.abcdefghij.abcdefghij", None, "", id="no readable header"),
    pytest.param("xAKIAQ2W3E4R5T6Y7U2IO", None, "", id="a key inside a word"),
    pytest.param("ssn 536 90 4399", Kind.US_SSN, "536 90 4399", id="spaces, announced"),
    pytest.param("x 536904399", None, "", id="nine digits, unannounced"),
    pytest.param("API_KEY=abcdef", None, "", id="letters alone are a word"),
    pytest.param("token: x7&y", None, "", id="too short for a secret"),
    pytest.param("https://u:u@host/", None, "", id="the user's own name"),
    pytest.param("https://u:hunter2@host/", None, "", id="everybody's password"),
    pytest.param("Basic dXNlcjpwYXNzd29yZDEyMzQ1Ng==", Kind.PASSWORD, "", id="a header"),
    pytest.param("Bearer of bad news since yesterday", None, "", id="no header"),
]


@pytest.mark.parametrize(("text", "kind", "value"), LOOKS)
def test_looks(text: str, kind: Kind | None, value: str) -> None:
    found = [(one.kind, text[one.start : one.end]) for one in look(text)]
    assert [one for one, _ in found] == ([] if kind is None else [kind])
    if value:
        assert found == [(kind, value)]


def test_the_surer_detector_claims_a_value_first() -> None:
    text = "password=sk-proj-Ab3dEf6hIj9kLmN0pQrStUvWx12 IBAN DE89 3704 0044 0532 0130 00"
    assert [one.kind for one in look(text)] == [Kind.API_KEY, Kind.IBAN]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("1 " * 50_000, id="digits and gaps"),
        pytest.param("+" * 100_000, id="pluses"),
        pytest.param("a@" * 50_000, id="signs"),
        pytest.param("A" * 100_000, id="capitals"),
        pytest.param("a." * 50_000 + "@" + "b." * 50_000, id="a domain without end"),
        pytest.param("-----BEGIN PRIVATE KEY-----" * 2_000, id="keys without a body"),
        pytest.param("eyJ" + "a" * 100_000, id="half a token"),
        pytest.param("password" * 10_000, id="words for passwords"),
        pytest.param("2a02:" * 20_000, id="colons"),
        pytest.param("born " * 20_000 + "1985", id="births"),
    ],
)
def test_hostile_texts_take_no_time_to_speak_of(text: str) -> None:
    begun = time.process_time()
    look(text)
    assert time.process_time() - begun < 4
