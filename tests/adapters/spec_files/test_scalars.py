"""Plain scalars mean what YAML 1.2's core schema says, not what PyYAML says."""

import pytest

from ftops.adapters.spec_files.scalars import NotJsonError, Scalar, is_text, scalar

MEANINGS = [
    pytest.param("1e-5", 1e-5, id="an exponent without a dot is a number"),
    pytest.param("1.0e+3", 1000.0, id="a signed exponent"),
    pytest.param("6E2", 600.0, id="a capital exponent"),
    pytest.param(".5", 0.5, id="a leading dot"),
    pytest.param("1.", 1.0, id="a trailing dot"),
    pytest.param("-0.25", -0.25, id="a negative real"),
    pytest.param("12", 12, id="a whole number"),
    pytest.param("+12", 12, id="a plus sign"),
    pytest.param("-3", -3, id="a minus sign"),
    pytest.param("017", 17, id="a leading zero is no octal"),
    pytest.param("0o17", 15, id="octal"),
    pytest.param("0x1f", 31, id="hexadecimal"),
    pytest.param("9223372036854775807", 2**63 - 1, id="the largest 64-bit number"),
    pytest.param("no", "no", id="no is text"),
    pytest.param("Yes", "Yes", id="yes is text"),
    pytest.param("on", "on", id="on is text"),
    pytest.param("off", "off", id="off is text"),
    pytest.param("y", "y", id="y is text"),
    pytest.param("1:30", "1:30", id="a time is text"),
    pytest.param("190:20:30", "190:20:30", id="base 60 is text"),
    pytest.param("2024-12-25", "2024-12-25", id="a date is text"),
    pytest.param("2024-12-25T10:00:00Z", "2024-12-25T10:00:00Z", id="a timestamp is text"),
    pytest.param("1_000", "1_000", id="underscores are text"),
    pytest.param("1.2.3", "1.2.3", id="a version is text"),
    pytest.param("0b11", "0b11", id="binary is text"),
    pytest.param("0o8", "0o8", id="a wrong octal is text"),
    pytest.param("-0x1f", "-0x1f", id="a signed hexadecimal is text"),
    pytest.param("e5", "e5", id="an exponent alone is text"),
    pytest.param(".", ".", id="a dot is text"),
    pytest.param("-", "-", id="a dash is text"),
    pytest.param("=", "=", id="an equals sign is text"),
    pytest.param("\u0661", "\u0661", id="an Arabic digit is text"),
    pytest.param("true", True, id="true"),
    pytest.param("True", True, id="True"),
    pytest.param("TRUE", True, id="TRUE"),
    pytest.param("false", False, id="false"),
    pytest.param("tRUE", "tRUE", id="an odd spelling of true is text"),
    pytest.param("~", None, id="a tilde is null"),
    pytest.param("null", None, id="null"),
    pytest.param("NULL", None, id="NULL"),
    pytest.param("", None, id="nothing is null"),
    pytest.param("nUll", "nUll", id="an odd spelling of null is text"),
]

REFUSALS = [
    pytest.param(".nan", id="NaN"),
    pytest.param(".inf", id="infinity"),
    pytest.param("-.INF", id="negative infinity"),
    pytest.param("1e400", id="a real beyond every float"),
    pytest.param("9223372036854775808", id="one more than 64 bits hold"),
    pytest.param("1" * 5000, id="more digits than Python converts"),
    pytest.param("0x" + "f" * 5000, id="a giant in hexadecimal"),
]


@pytest.mark.parametrize(("text", "value"), MEANINGS)
def test_a_plain_scalar_means_what_yaml_1_2_says(text: str, value: Scalar) -> None:
    meant = scalar(text)
    assert meant == value
    assert type(meant) is type(value)


@pytest.mark.parametrize("text", REFUSALS)
def test_a_number_that_no_json_holds_is_refused(text: str) -> None:
    with pytest.raises(NotJsonError):
        scalar(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("version", True, id="a word"),
        pytest.param("12", False, id="a number"),
        pytest.param(".nan", False, id="no number at all"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_only_text_can_be_a_key(text: str, expected: bool) -> None:  # noqa: FBT001  (a table's column)
    assert is_text(text) is expected
