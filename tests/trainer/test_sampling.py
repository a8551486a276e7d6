import numpy as np
import pytest

from ftops.trainer.recipes.contract import Sampling, Token
from ftops.trainer.recipes.sampling import Speech, draw

LOGS = np.log(np.array([0.5, 0.3, 0.15, 0.05]))


def _drawn(sampling: Sampling, times: int = 400) -> list[float]:
    rng = np.random.default_rng(1)
    found = [draw(LOGS, sampling, rng) for _ in range(times)]
    return [found.count(token) / times for token in range(4)]


def test_temperature_zero_takes_the_likeliest() -> None:
    assert _drawn(Sampling(temperature=0.0), 20) == [1.0, 0.0, 0.0, 0.0]


def test_temperature_one_draws_as_likely() -> None:
    assert _drawn(Sampling(), 2000) == pytest.approx([0.5, 0.3, 0.15, 0.05], abs=0.04)


def test_heat_evens_out_and_cold_sharpens() -> None:
    assert _drawn(Sampling(temperature=2.0))[3] > _drawn(Sampling())[3]
    assert _drawn(Sampling(temperature=1e-9), 20)[0] == 1.0


@pytest.mark.parametrize(
    ("top_p", "kept"),
    [
        pytest.param(0.0, 1, id="never less than one"),
        pytest.param(0.45, 1, id="the first is enough"),
        pytest.param(0.6, 2, id="two are needed"),
        pytest.param(1.0, 4, id="all"),
    ],
)
def test_top_p_keeps_the_likeliest(top_p: float, kept: int) -> None:
    assert sum(share > 0 for share in _drawn(Sampling(top_p=top_p))) == kept


def _spoken(pieces: list[bytes], *stops: str) -> tuple[list[str], bool]:
    speech, out = Speech(stops), []
    for piece in pieces:
        out += [token.text for token in speech.say(piece, Token(text="", logprob=0.0))]
        if speech.stopped:
            return out, True
    return out + [token.text for token in speech.finish()], False


@pytest.mark.parametrize(
    ("pieces", "stops", "spoken"),
    [
        pytest.param([b"a", b"b"], (), (["a", "b"], False), id="no stop"),
        pytest.param([b"a", b"b"], ("",), (["a", "b"], False), id="an empty stop stops nothing"),
        pytest.param([b"one ", b"two"], ("two",), (["one "], True), id="a whole token"),
        pytest.param([b"one two"], (" t",), (["one"], True), id="within a token"),
        pytest.param([b"a", b"b", b"c", b"d"], ("bc",), (["a"], True), id="over two tokens"),
        pytest.param([b"a", b"b", b"x"], ("bc",), (["a", "b", "x"], False), id="only begun"),
        pytest.param([b"a", b"b"], ("bc",), (["a", "b"], False), id="begun at the very end"),
        pytest.param([b"x", b"ab"], ("b", "ab"), (["x"], True), id="the earliest of several"),
        pytest.param(
            ["é".encode()[:1], "é".encode()[1:]], (), (["", "é"], False), id="half letters"
        ),
        pytest.param([b"a", "👍".encode()[:2]], (), (["a", ""], False), id="cut off in a letter"),
        pytest.param([b"\xff", b"a"], (), (["\ufffd", "a"], False), id="no UTF-8 at all"),
        pytest.param(["é".encode()[:1], "é".encode()[1:]], ("é",), ([""], True), id="a split stop"),
    ],
)
def test_speech(
    pieces: list[bytes], stops: tuple[str, ...], spoken: tuple[list[str], bool]
) -> None:
    assert _spoken(pieces, *stops) == spoken
