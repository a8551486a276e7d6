"""From lines to samples: one decode a row, and no more work for rows that the sample leaves out."""

import codecs
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from ftops.dataset.concatenate import is_piece, read_lines
from ftops.dataset.formats import FORMAT_OF, Format, Row
from ftops.dataset.judge import judge_at_length
from ftops.dataset.legal.glance import glance
from ftops.dataset.quality.example import read_example
from ftops.dataset.quality.figures import Place
from ftops.dataset.quality.sample import Sample
from ftops.dataset.rows import decode_row

File = tuple[str | None, BinaryIO]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """What trains and what validates."""

    training: Sample = field(default_factory=Sample)
    validation: Sample | None = None


def read_sides(
    training: Sequence[File], validation: Sequence[File] | None, *, method: str
) -> Sides:
    """Read the files of both sides."""
    sides = Sides(validation=None if validation is None else Sample())
    read_into(lambda _: sides.training, training, method=method)
    if sides.validation is not None:
        held_out = sides.validation
        read_into(lambda _: held_out, validation or (), method=method)
    return sides


def read_split(files: Sequence[File], validates: Callable[[bytes], bool], *, method: str) -> Sides:
    """Read files whose rows are for training or for validation as `validates` says."""
    training, validation = Sample(), Sample()
    read_into(lambda line: validation if validates(line) else training, files, method=method)
    return Sides(training=training, validation=validation)


def read_into(sample_of: Callable[[bytes], Sample], files: Iterable[File], *, method: str) -> None:
    """Read every row of the files into the sample it belongs to; illegal rows are only counted."""
    row_format = FORMAT_OF[method]
    for name, stream in files:
        number, within = 0, False
        for line, _ in read_lines(stream, alone=True):
            begins, within = not within, is_piece(line)
            number += begins
            if not begins or not line.strip():
                continue
            sample = sample_of(line)
            bare = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
            decoded = None if within else _decode_legal(bare, row_format)
            if decoded is None:
                sample.illegal_rows += 1
                continue
            example = read_example(*decoded, Place(file=name, line=number), sample.bar)
            sample.legal_rows += 1
            if example is not None:
                sample.add(example, len(line))


def _decode_legal(line: bytes, row_format: Format) -> tuple[Row, object] | None:
    decoded = decode_row(line, row_format)
    if decoded is None or glance(line, row_format) is not None:
        return decoded
    return None if judge_at_length(line, row_format)[0] is None else decoded
