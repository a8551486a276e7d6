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
    left = _left_out(done)
    if not done.skipped:
        return Group(safe(f"{told}, none skipped", "bold"), *left)
    found = (
        Row(cells=(safe(f"{one.count:,}"), safe(_lines(one)), safe(reason)))
        for reason, one in sorted(done.skipped.items(), key=lambda pair: -pair[1].count)
    )
    return Group(
        safe(f"{told}, {done.left_out:,} skipped", "bold"),
        Text(),
        rows(("skipped", f"{done.place_word}s", "why"), found),
        *([Text(), *left] if left else []),
    )


def import_json(done: Conversion) -> str:
    """Return the counts and reasons as a document."""
    return document(
        {
            "read": done.converted + done.left_out,
            "converted": done.converted,
            "shapes": dict(sorted(done.shapes.items())),
            "keys_left_out": dict(done.keys_left_out.most_common()),
            "places": f"{done.place_word}s",
            "skipped": [
                {"reason": reason, "count": one.count, "lines": one.lines}
                for reason, one in done.skipped.items()
            ],
        }
    )


def _left_out(done: Conversion) -> list[RenderableType]:
    """Tell the keys that no row has, each with its records if those are not all."""
    if not done.keys_left_out:
        return []
    keys = (
        key if count == done.converted else f"{key} ({count:,})"
        for key, count in done.keys_left_out.most_common()
    )
    return [safe(f"keys that are in no row: {', '.join(keys)}", "dim")]


def _lines(skipped: Skipped) -> str:
    told = ", ".join(map(str, skipped.lines))
    return f"{told}, …" if skipped.count > len(skipped.lines) else told
