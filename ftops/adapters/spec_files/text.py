"""The text of one file people wrote: decoded once, and quoted in problems with a caret."""

import codecs
import re
from dataclasses import dataclass
from typing import Final
from unicodedata import combining, east_asian_width

from ftops.errors import Problem, SpecError

MAX_BYTES: Final = 1024 * 1024

_WIDEST_EXCERPT: Final = 100
_LEAD: Final = 60
WIDEST_QUOTE: Final = 40

# YAML's printable characters less NEL, LS, PS and the byte order mark: PyYAML ends a line at the
# former three, YAML 1.2 does not, so a file holding them would mean two things. And less what turns
# the direction of text around, so that a reviewer reads what is not written (CVE-2021-42574).
_FORBIDDEN: Final = re.compile(
    r"[^\t\n\x20-\x7e\xa0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd"
    r"\U00010000-\U0010ffff]"
)
_CONTROL: Final = re.compile(
    r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)
_SECRET: Final = re.compile(
    r"""(?ix) (?P<before> (?:key|token|secret|passw) [\w-]{0,40} ["']? \s{0,9} : \s{0,9} ["']? )
              (?! \$\{ ) (?P<hidden> [^\s"',}]+ )
        | (?P<bare> \bsk-[\w-]{8,} )"""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceText:
    """A file's text with plain line ends; offsets count characters from 0."""

    path: str
    text: str

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of a character, both from 1."""
        line_start = self.text.rfind("\n", 0, offset) + 1
        return self.text.count("\n", 0, offset) + 1, offset - line_start + 1

    def excerpt(self, offset: int) -> str:
        """Return the line of a character with a caret under it; secrets are masked."""
        start = self.text.rfind("\n", 0, offset) + 1
        end = self.text.find("\n", offset)
        line = masked(self.text[start : end if end >= 0 else len(self.text)])
        caret = offset - start
        first = max(0, caret - _LEAD) if len(line) > _WIDEST_EXCERPT else 0
        shown = "".join(map(_visible, line[first : first + _WIDEST_EXCERPT]))
        before, after = "…" if first else "", "…" if first + _WIDEST_EXCERPT < len(line) else ""
        pad = "".join(map(_blank, before + shown[: caret - first]))
        return f"{before}{shown}{after}\n{pad}^"

    def problem(
        self, offset: int, message: str, *, field: str | None = None, hint: str | None = None
    ) -> Problem:
        """Return a finding at a character of this file."""
        offset = min(max(offset, 0), len(self.text))
        line, column = self.place(offset)
        return Problem(
            message=message,
            path=self.path,
            line=line,
            column=column,
            excerpt=self.excerpt(offset),
            field=field,
            hint=hint,
        )


def decode(raw: bytes, path: str) -> SourceText:
    """Return the text of a file's bytes, or raise SpecError: too large, no UTF-8, unprintable."""
    if len(raw) > MAX_BYTES:
        hint = "split it into several files"
        raise SpecError([Problem(message="larger than 1 MiB", path=path, hint=hint)])
    raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = _with_plain_line_ends(raw[: error.start].decode("utf-8"))
        source = SourceText(path=path, text=before + "\ufffd")
        raise SpecError(
            [source.problem(len(before), "not UTF-8 text", hint="save the file as UTF-8")]
        ) from error
    source = SourceText(path=path, text=_with_plain_line_ends(text))
    unprintable = _FORBIDDEN.search(source.text)
    if unprintable is not None:
        raise SpecError([_unprintable(source, unprintable.start())])
    return source


def has_control(text: str) -> bool:
    """Say whether a text holds characters that are no text, not even written as escapes."""
    return _CONTROL.search(text) is not None


def shown(text: str, widest: int = WIDEST_QUOTE) -> str:
    """Return a short text that is safe to print inside a message."""
    short = text if len(text) <= widest else text[: widest - 1] + "…"
    return "".join(map(_visible, masked(short)))


def masked(text: str) -> str:
    """Return the text with everything that looks like a secret starred out, as long as before."""
    return _SECRET.sub(_stars, text)


def _with_plain_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _unprintable(source: SourceText, offset: int) -> Problem:
    character = source.text[offset]
    code = f"{ord(character):04X}"
    hint = "remove it" if has_control(character) else f'remove it, or write "\\u{code}"'
    return source.problem(offset, f"the invisible character U+{code}", hint=hint)


def _stars(match: re.Match[str]) -> str:
    if match["bare"] is not None:
        return "*" * len(match["bare"])
    return match["before"] + "*" * len(match["hidden"])


def _visible(character: str) -> str:
    return character if character.isprintable() or character == "\t" else "\ufffd"


def _blank(character: str) -> str:
    if character == "\t":
        return "\t"
    if combining(character):
        return ""
    return "  " if east_asian_width(character) in {"W", "F"} else " "
