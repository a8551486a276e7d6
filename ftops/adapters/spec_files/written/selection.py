"""Which rows of the declared files to train on: a small filter, and samples by seed."""

from typing import Annotated

from pydantic import Field, StrictFloat, StrictInt, StrictStr

from ftops.adapters.spec_files.written.base import Written

Texts = (
    Annotated[StrictStr, Field(min_length=1)]
    | Annotated[list[Annotated[StrictStr, Field(min_length=1)]], Field(min_length=1)]
)


class Filter(Written):
    """Leave out rows; all that is asked for must hold, and letter case counts."""

    min_turns: Annotated[
        Annotated[StrictInt, Field(ge=1)] | None,
        Field(description="Keep rows where the user speaks so often, or more."),
    ] = None
    max_turns: Annotated[
        Annotated[StrictInt, Field(ge=1)] | None,
        Field(description="Keep rows where the user speaks so often at most."),
    ] = None
    max_characters: Annotated[
        Annotated[StrictInt, Field(ge=1)] | None,
        Field(description="Keep rows whose messages have so many characters together at most."),
    ] = None
    contains: Annotated[
        Texts | None, Field(description="Keep rows that say this, or one of these.")
    ] = None
    without: Annotated[Texts | None, Field(description="Keep rows that say none of this.")] = None


class SampleRows(Written):
    """Draw so many of the training rows; the row's own hash and the seed decide which."""

    rows: Annotated[StrictInt, Field(ge=1, description="How many rows to draw.")]


class SampleShare(Written):
    """Draw a share of the training rows; the row's own hash and the seed decide which."""

    share: Annotated[
        StrictFloat, Field(gt=0, lt=1, description="Share of the rows to draw, such as 0.2.")
    ]
