"""Random ids in OpenAI's shapes."""

import secrets
import string

_ALPHABET = string.ascii_letters + string.digits


def random_word(length: int = 24) -> str:
    """Draw letters and digits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def file_id() -> str:
    """Draw a file's id."""
    return f"file-{random_word()}"


def job_id() -> str:
    """Draw a job's id."""
    return f"ftjob-{random_word()}"


def event_id() -> str:
    """Draw an event's id."""
    return f"ftevent-{random_word()}"


def checkpoint_id() -> str:
    """Draw a checkpoint's id."""
    return f"ftckpt_{random_word()}"


def model_id(base: str, suffix: str | None) -> str:
    """Draw a tuned model's id; with what was trained in it, it can never look like a paid one."""
    return f"ft:{base}:local:{suffix or ''}:{random_word(8)}"


def base_of(model_id: str) -> str:
    """Return what a tuned model, or a checkpoint of one, was trained from."""
    return model_id.removeprefix("ft:").partition(":")[0]


def permission_id() -> str:
    """Draw a permission's id."""
    return f"cp_{random_word()}"


def upload_id() -> str:
    """Draw an upload's id."""
    return f"upload_{random_word()}"


def part_id() -> str:
    """Draw the id of an upload's part."""
    return f"part_{random_word()}"


def completion_id() -> str:
    """Draw a chat completion's id."""
    return f"chatcmpl-{random_word(29)}"
