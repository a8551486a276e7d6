"""Exact counts are tiktoken's, offline; which model reads with which vocabulary."""

import subprocess
import sys
import unicodedata
from collections.abc import Callable

import pytest
import tiktoken
from hypothesis import given, settings
from hypothesis import strategies as st
from tiktoken.model import encoding_name_for_model

from ftops.dataset.counting.fast_counter import fast_counter, is_well_known
from ftops.dataset.counting.vocabulary import (
    CL100K,
    O200K,
    CountText,
    Encoding,
    encoding_of,
    exact_counter,
    vocabulary_stamp,
)
from tests.dataset.oracle import tiktoken_from

ENCODINGS: tuple[Encoding, ...] = (O200K, CL100K)

TRICKY = [
    pytest.param("", id="nothing"),
    pytest.param("<|endoftext|>", id="a special token as text"),
    pytest.param("a<|im_start|>system<|im_sep|>b<|im_end|><|endofprompt|>", id="chat markers"),
    pytest.param("don't WE'LL I'm they'Re 'tis", id="contractions"),
    pytest.param("a  b   c    d \n\n \t e\r\n\r\n  ", id="runs of white space"),
    pytest.param("x\u00a0\u2003\u3000y\u200bz\u200d\ufeff", id="odd spaces"),
    pytest.param("1 12 123 1234 12345 3.14159 1e-10 ½ ٣٤٥ Ⅷ", id="numbers"),
    pytest.param("def f(x):\n    return {'a': [x ** 2]}  # done\n", id="code"),
    pytest.param("//////\n\n===---___...!!!???", id="punctuation"),
    pytest.param("naïve café Straße ŁÓDŹ İstanbul ﬁn", id="accents"),
    pytest.param("e\u0301 a\u030a n\u0303 \u0301\u0301", id="combining marks"),
    pytest.param("заказ не пришёл", id="Russian"),
    pytest.param("订单还没有到。请帮我查一下。", id="Chinese"),
    pytest.param("ご注文はまだ届いていません", id="Japanese"),
    pytest.param("주문이 아직 도착하지 않았습니다", id="Korean"),
    pytest.param("आपका ऑर्डर अभी तक नहीं पहुँचा", id="Hindi"),
    pytest.param("لم يصل الطلب بعد", id="Arabic"),
    pytest.param("🎉👩‍👩‍👧‍👦🏳️‍🌈🇩🇪1️⃣", id="emoji"),
    pytest.param("\u1ad3a \U00018da4b \U0001fae9", id="characters of a newer Unicode"),
    pytest.param("\0\x01\x1f\x7f\x85", id="control characters"),
    pytest.param("\uffff\ufffd\U0010ffff", id="ends of the planes"),
    pytest.param("a" * 3000, id="one letter many times"),
    pytest.param(" " * 500 + "x" + "\n" * 300, id="much white space"),
    pytest.param("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=" * 20, id="base64"),
    pytest.param('{"a": {"b": [1, 2, null, true, "c\\"d"]}}', id="JSON"),
]


@pytest.fixture(scope="module")
def oracles(tmp_path_factory: pytest.TempPathFactory) -> dict[Encoding, tiktoken.Encoding]:
    folder = tmp_path_factory.mktemp("ranks")
    return {encoding: tiktoken_from(folder, encoding) for encoding in ENCODINGS}


WAYS = [
    pytest.param(exact_counter, id="exact"),
    pytest.param(fast_counter, id="fast"),
]
Way = Callable[[Encoding], CountText | None]


def counter(encoding: Encoding, way: Way = exact_counter) -> CountText:
    found = way(encoding)
    assert found is not None
    return found


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("text", TRICKY)
@pytest.mark.parametrize("way", WAYS)
def test_counts_are_the_providers(
    way: Way, text: str, encoding: Encoding, oracles: dict[Encoding, tiktoken.Encoding]
) -> None:
    assert counter(encoding, way)(text) == len(oracles[encoding].encode_ordinary(text))


PIECES = st.sampled_from(
    [
        *("hello", " World", "'s", "'LL", "  ", "\n", "\r\n", "\t", "12", "3456", "é", "中", "🎉"),
        *("/", "...", " (", "İ", "ß", "\u0301", "\u00a0", "<|endoftext|>", "_", "ab" * 9),
    ]
)


@given(st.one_of(st.lists(PIECES, max_size=12).map("".join), st.text(max_size=40)))
@settings(max_examples=300, deadline=None)
def test_counts_are_the_providers_for_any_text(
    oracles: dict[Encoding, tiktoken.Encoding], text: str
) -> None:
    for encoding in ENCODINGS:
        tokens = len(oracles[encoding].encode_ordinary(text))
        assert counter(encoding)(text) == counter(encoding, fast_counter)(text) == tokens


WELL_KNOWN = [chr(code) for code in range(sys.maxunicode + 1) if is_well_known(chr(code))]


def test_well_known_characters_were_assigned_long_ago() -> None:
    assert len(WELL_KNOWN) > 40_000
    assert not [one for one in WELL_KNOWN if unicodedata.category(one) in {"Cn", "Cs"}]
    assert not any(map(is_well_known, "\u1ad3\U00018da4\U0001fae9\u0378"))


@given(st.text(st.sampled_from([*WELL_KNOWN, *" \n'sS1aé" * 3000]), max_size=14))
@settings(max_examples=600, deadline=None)
def test_the_fast_way_counts_well_known_characters_alike(text: str) -> None:
    for encoding in ENCODINGS:
        assert counter(encoding, fast_counter)(text) == counter(encoding)(text)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("role", ["system", "developer", "user", "assistant", "tool", "function"])
def test_a_role_is_one_token_as_the_overhead_says(role: str, encoding: Encoding) -> None:
    assert counter(encoding)(role) == 1


@pytest.mark.parametrize(
    ("model", "encoding"),
    [
        pytest.param("gpt-4.1-mini-2025-04-14", O200K, id="4.1 mini"),
        pytest.param("gpt-4o-mini", O200K, id="4o mini"),
        pytest.param("gpt-4o-2024-08-06", O200K, id="4o"),
        pytest.param("o4-mini-2025-04-16", O200K, id="o4 mini"),
        pytest.param("gpt-5", O200K, id="5"),
        pytest.param("gpt-4-0613", CL100K, id="4"),
        pytest.param("gpt-3.5-turbo-0125", CL100K, id="3.5"),
        pytest.param("babbage-002", CL100K, id="babbage"),
    ],
)
def test_a_family_reads_with_its_vocabulary(model: str, encoding: Encoding) -> None:
    assert encoding_of(model) == encoding == encoding_name_for_model(model)
    assert encoding_of(f"ft:{model}:acme:bot:AbC123") == encoding
    assert encoding_of(f"{model}.ft-0123456789abcdef") == encoding


@pytest.mark.parametrize("model", ["ftops-nano", "llama-3", "gpt-4oo", "my-gpt-4o", "gpt-40", ""])
def test_a_stranger_has_no_known_vocabulary(model: str) -> None:
    assert encoding_of(model) is None


def test_tables_that_are_not_installed_are_told_by_nothing() -> None:
    assert exact_counter(O200K, "no_such_package") is None
    assert exact_counter(O200K, "json") is None
    assert vocabulary_stamp("no_such_package") is None
    assert fast_counter(O200K, "no_such_package") is None


def test_the_stamp_names_a_build_and_loads_nothing() -> None:
    code = (
        "import sys\n"
        "from ftops.dataset.counting.vocabulary import vocabulary_stamp\n"
        "assert vocabulary_stamp()[1] > 1_000_000\n"
        "assert not [name for name in sys.modules if 'bpe' in name or '_bindings' in name]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert vocabulary_stamp() == vocabulary_stamp()
