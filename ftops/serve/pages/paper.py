"""The template environment: everything is escaped, and a name that is missing is an error."""

from functools import cache
from typing import Final

from fastapi import Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from ftops.serve.pages.assets import PACKAGE, asset_url
from ftops.serve.pages.frame import Frame
from ftops.serve.pages.words import FILTERS, NONE, harmless

HTML: Final = "text/html"


@cache
def environment() -> Environment:
    """Return the one environment of all pages."""
    made = Environment(
        loader=PackageLoader(PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=harmless,
    )
    made.globals["asset"] = asset_url
    made.globals["dash"] = NONE
    made.filters.update(FILTERS)
    return made


def rendered(template: str, **values: object) -> bytes:
    """Return a template's text; half characters are replaced."""
    return environment().get_template(template).render(**values).encode("utf-8", "replace")


def page(template: str, frame: Frame, **values: object) -> Response:
    """Return a page in its frame."""
    return Response(rendered(template, frame=frame, **values), media_type=HTML)
