"""Put something else in the place of what ftops has there."""

from typing import Any, Final

STILLBORN: Final = 70


def put(place: Any, name: str, value: object) -> None:  # noqa: ANN401 a module or a class
    assert hasattr(place, name), f"{name} has moved"
    setattr(place, name, value)
