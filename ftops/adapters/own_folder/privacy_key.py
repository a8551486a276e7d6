"""The project's key for pseudonyms, in `.ftops/` and nowhere else."""

import os
import secrets
from pathlib import Path
from typing import Final

from ftops.adapters.own_folder.folder import OWN_FOLDER, make_own_folder
from ftops.errors import RecordError

KEY_FILE: Final = "privacy.key"
KEY_BYTES: Final = 32
_HINT: Final = "restore it, or delete it: then the same values get other pseudonyms"
_HINT_OF_DISK: Final = "free the disk, and let the file be read, and made where there is none"


def privacy_key(root: Path) -> bytes:
    """Return the project's key, made at the first time; RecordError for one that is damaged."""
    path = make_own_folder(root) / KEY_FILE
    try:
        _make(path)
        written = path.read_text(encoding="ascii").strip()
        key = bytes.fromhex(written)
    except OSError as error:
        message = f"{OWN_FOLDER}/{KEY_FILE} cannot be used: {error.strerror}"
        raise RecordError(message, hint=_HINT_OF_DISK) from error
    except ValueError as error:
        raise RecordError(f"{OWN_FOLDER}/{KEY_FILE} is damaged", hint=_HINT) from error
    if len(key) != KEY_BYTES:
        raise RecordError(f"{OWN_FOLDER}/{KEY_FILE} is damaged", hint=_HINT)
    return key


def _make(path: Path) -> None:
    """Make the key whole or not at all: two commands may begin at once."""
    if path.exists():
        return
    aside = path.with_name(f"{KEY_FILE}-{os.getpid()}")
    aside.touch(mode=0o600)
    try:
        aside.write_text(f"{secrets.token_hex(KEY_BYTES)}\n", encoding="ascii")
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
