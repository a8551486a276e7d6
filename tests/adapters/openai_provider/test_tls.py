"""Real handshakes with an authority of one's own, on each way that requests take."""

import hashlib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ftops.adapters.openai_provider.direct import direct_to
from ftops.adapters.openai_provider.writing import OpenAIProvider
from ftops.core.names import Digest
from ftops.errors import ProviderUnavailable
from ftops.trainer.app import create_app
from tests.adapters.openai_provider.builders import connection
from tests.fakes.specs import PROJECT
from tests.secured import Authority, authority, secured
from tests.trainer.counting_settings import counting
from tests.trainer.rows import chat_rows


@pytest.fixture
def known(tmp_path: Path) -> Authority:
    return authority(tmp_path)


@contextmanager
def provider_at(address: str, **fields: Any) -> Iterator[OpenAIProvider]:  # noqa: ANN401 - any field of the connection
    told = connection(base_url=f"{address}/v1", **fields)
    provider = OpenAIProvider(told, PROJECT, sleep=lambda _: None)
    try:
        yield provider
    finally:
        provider.close()


def let_the_system_trust(patched: pytest.MonkeyPatch, file: Path) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        patched.delenv(name, raising=False)
    paths = ssl.get_default_verify_paths()._replace(openssl_cafile=str(file), openssl_capath="/no")
    patched.setattr(ssl, "get_default_verify_paths", lambda: paths)


def send_and_look(provider: OpenAIProvider, folder: Path) -> None:
    rows = chat_rows(10)
    path = folder / "rows.jsonl"
    path.write_bytes(rows)
    sent = provider.upload(str(path), Digest(hashlib.sha256(rows).hexdigest()))
    assert [one.id for one in provider.files()] == [sent]


@pytest.mark.parametrize("is_direct", [True, False], ids=["straight", "by the client"])
def test_what_the_system_trusts_is_trusted_by_looks_and_acts(
    known: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_direct: bool
) -> None:
    let_the_system_trust(monkeypatch, known.trust)
    with (
        secured(create_app(counting(tmp_path)), known) as address,
        provider_at(address, is_direct=is_direct) as provider,
    ):
        send_and_look(provider, tmp_path)
        assert (direct_to(provider.connection) is not None) == is_direct


@pytest.mark.parametrize("kind", ["openai", "azure", "local"])
def test_a_named_authority_is_trusted_by_looks_and_acts(
    known: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(known.trust))
    with (
        secured(create_app(counting(tmp_path)), known) as address,
        provider_at(address, kind=kind) as provider,
    ):
        send_and_look(provider, tmp_path)


@pytest.mark.parametrize("is_direct", [True, False], ids=["straight", "by the client"])
@pytest.mark.parametrize(
    "names",
    [
        pytest.param((), id="an authority nobody knows"),
        pytest.param(("elsewhere.example",), id="a certificate for another name"),
    ],
)
def test_a_certificate_that_proves_nothing_is_refused(
    names: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_direct: bool
) -> None:
    (tmp_path / "other").mkdir()
    shown = authority(tmp_path, *names)
    trusted = shown if names else authority(tmp_path / "other")
    let_the_system_trust(monkeypatch, trusted.trust)
    with (
        secured(create_app(counting(tmp_path)), shown) as address,
        provider_at(address, is_direct=is_direct) as provider,
        pytest.raises(ProviderUnavailable, match="CERTIFICATE_VERIFY_FAILED") as caught,
    ):
        provider.files()
    assert caught.value.hint is not None
    assert "SSL_CERT_FILE" in caught.value.hint
