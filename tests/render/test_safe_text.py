import pytest

from ftops.render.safe_text import one_line, shortened


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("support-bot", "support-bot", id="plain text stays"),
        pytest.param("größer 日本 🎉", "größer 日本 🎉", id="other scripts stay"),
        pytest.param("a\x1b[31mred\x1b[0m", "ared", id="colours go"),
        pytest.param("a\x1b]0;title\x07b", "ab", id="a title ended by a bell goes"),
        pytest.param("a\x1b]8;;http://x\x1b\\b", "ab", id="a link ended by a terminator goes"),
        pytest.param("a\x1b]0;never ended", "a�]0;never ended", id="an open sequence is shown"),
        pytest.param("a\x1bcb", "a�cb", id="a bare escape is shown"),
        pytest.param("a\x9b31mb", "a�31mb", id="an eight-bit escape is shown"),
        pytest.param("a\rb\nc\td\u2028e\xa0f", "a b c d e f", id="white space is a space"),
        pytest.param("a\x00b\x08c\x7f", "a�b�c�", id="control characters are shown"),
        pytest.param("a\u202egnp.exe", "a�gnp.exe", id="no text runs backwards"),
        pytest.param("a\u2066b\u2069\ufeff", "a�b��", id="isolates and marks are shown"),
        pytest.param("a\ud800b", "a�b", id="half a character is shown"),
        pytest.param("क\u200dष", "क\u200dष", id="a joiner that spelling needs stays"),
        pytest.param("a\ue000b\U000e0fffc", "a\ue000b\U000e0fffc", id="unassigned stays"),
    ],
)
def test_text_becomes_one_harmless_line(text: str, shown: str) -> None:
    assert one_line(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [pytest.param("abcd", "abcd", id="fits"), pytest.param("abcde", "abc…", id="is cut")],
)
def test_long_text_is_cut_visibly(text: str, shown: str) -> None:
    assert shortened(text, 4) == shown
