"""The template environment: everything is escaped, and a name that is missing is an error."""

from functools import cache
from typing import Final

from fastapi import Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from ftops.serve.pages.assets import PACKAGE, asset_url

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
    )
    made.globals["asset"] = asset_url
    return made


def page(template: str, /, status: int = 200, **values: object) -> Response:
    """Return a page made from a template."""
    text = environment().get_template(template).render(**values)
    return Response(text, status, media_type=HTML)
