"""What an import read, wrote and left out, in a terminal and as JSON."""

from rich.console import Group, RenderableType
from rich.text import Text

from ftops.dataset.importing.convert import Conversion, Skipped
from ftops.render.layout import Row, rows, safe
from ftops.render.plain_data import document
from ftops.render.words import plural


def import_view(done: Conversion) -> RenderableType:
    """Show the counts, then each reason with its first lines."""
    read = done.converted + done.left_out
    shapes = ", ".join(f"{count:,} {shape}" for shape, count in done.shapes.most_common())
    told = f"{plural(read, 'record')} read: {done.converted:,} converted ({shapes})"
    if not done.skipped:
        return safe(f"{told}, none skipped", "bold")
    found = (
        Row(cells=(safe(f"{one.count:,}"), safe(_lines(one)), safe(reason)))
        for reason, one in sorted(done.skipped.items(), key=lambda pair: -pair[1].count)
    )
    return Group(
        safe(f"{told}, {done.left_out:,} skipped", "bold"),
        Text(),
        rows(("skipped", "lines", "why"), found),
    )


def import_json(done: Conversion) -> str:
    """Return the counts and reasons as a document."""
    return document(
        {
            "read": done.converted + done.left_out,
            "converted": done.converted,
            "shapes": dict(sorted(done.shapes.items())),
            "skipped": [
                {"reason": reason, "count": one.count, "lines": one.lines}
                for reason, one in done.skipped.items()
            ],
        }
    )


def _lines(skipped: Skipped) -> str:
    told = ", ".join(map(str, skipped.lines))
    return f"{told}, …" if skipped.count > len(skipped.lines) else told
