"""What a file may be for, what it must be called then, and how long it may be kept."""

from typing import Final

from ftops.trainer.api.problems import RefusalError

PURPOSES: Final = ("assistants", "batch", "fine-tune", "vision", "user_data", "evals")
LEAST_KEPT_SECONDS: Final = 3600
MOST_KEPT_SECONDS: Final = 2592000
FILENAME_LENGTH: Final = 255


def check_filename(filename: str, purpose: str) -> None:
    """Refuse a name that does not suit its purpose."""
    if purpose == "fine-tune" and not filename.endswith(".jsonl"):
        raise RefusalError(
            400,
            f"Invalid file name '{filename}' for purpose 'fine-tune': a .jsonl file is expected.",
            param="file",
            code="invalid_file_format",
        )
