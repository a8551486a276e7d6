"""A talk written out in one text, with `Human:` and `Assistant:` before what each says."""

import re
from typing import Any, Final

_SPEAKER: Final = re.compile(r"(?:\A|\n\n)(Human|Assistant):")
_ROLES: Final = {"Human": "user", "Assistant": "assistant"}


def turns_of(text: str) -> list[dict[str, Any]] | None:
    """Return the messages; None for a text that does not begin with somebody's name."""
    before, *told = _SPEAKER.split(text)
    if before.strip() or not told:
        return None
    pairs = zip(told[::2], told[1::2], strict=True)
    return [{"role": _ROLES[who], "content": said.strip()} for who, said in pairs]
