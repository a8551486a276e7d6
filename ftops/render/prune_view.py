"""What prune found and what it deleted; words and JSON."""

from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.text import Text

from ftops.core.names import TargetName
from ftops.core.surplus import Surplus, total
from ftops.render.layout import Row, rows, safe
from ftops.render.plain_data import document
from ftops.render.words import moment, plural


def prune_view(found: Mapping[TargetName, Surplus]) -> RenderableType:
    """Show what nothing needs, by target."""
    models, files = total(found)
    if not models and not files:
        return safe("Nothing to prune: every model and file of ours is needed or young.", "bold")
    parts: list[RenderableType] = []
    for target, surplus in found.items():
        if not surplus.is_empty:
            columns = ("what", "id", "of", "finished (UTC)")
            parts += [safe(f"target {target}"), rows(columns, _rows(surplus)), Text()]
    count = f"{plural(models, 'model')}, {plural(files, 'file')} that nothing needs."
    return Group(*parts, safe(count, "bold"))


def _rows(surplus: Surplus) -> list[Row]:
    models = [("model", one.id, one.spec, moment(one.finished_at)) for one in surplus.models]
    files = [("file", one.id, one.name, "") for one in surplus.files]
    return [Row(cells=tuple(map(safe, cells))) for cells in (*models, *files)]


def prune_json(
    found: Mapping[TargetName, Surplus], troubles: Mapping[str, str] | None = None
) -> str:
    """Return what nothing needs; `deleted` says whether it was to go, `troubles` what stayed."""
    return document(
        {
            "deleted": troubles is not None,
            "targets": [
                {
                    "target": target,
                    "models": [
                        {
                            "id": one.id,
                            "spec": one.spec,
                            "job": one.job,
                            "finished_at": one.finished_at,
                        }
                        for one in surplus.models
                    ],
                    "files": [
                        {"id": one.id, "name": one.name, "size": one.size} for one in surplus.files
                    ],
                }
                for target, surplus in found.items()
            ],
            "troubles": dict(troubles or {}),
        }
    )
