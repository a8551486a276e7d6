"""PyYAML's syntax errors in words, with what usually cures them."""

from typing import Final

import yaml

from ftops.adapters.spec_files.text import SourceText
from ftops.errors import Problem

_INDENTATION: Final = "keys of one mapping begin in the same column, with spaces before them"

# Both of PyYAML's parsers, whose words differ: the first part that fits decides.
_HINTS: Final = (
    ("variable", 'between { and } a variable stands in quotes, as "${NAME}"'),
    ("tab", "indent with spaces, not with tabs"),
    ("mapping values are not allowed", 'put text that holds ": " in quotes, and check the indent'),
    ("unexpected end of stream", "close the quote that begins here"),
    ("document indicator", "close the quote that begins here"),
    ("could not find expected ':'", "a key is followed by a colon and a space"),
    ("',' or ']'", "close the list with ], commas between its entries"),
    ("',' or '}'", "close the mapping with }, commas between its entries"),
    ("escape", 'in double quotes a backslash is written "\\\\"; single quotes take it as it is'),
    ("cannot start any token", "put the text in quotes"),
    ("directive", "remove the line that begins with %"),
    ("tag", "remove the tag: a spec is plain data"),
    ("anchor", "aliases are not allowed; put text that begins with & or * in quotes"),
    ("alias", "aliases are not allowed; put text that begins with & or * in quotes"),
)


def syntax_problem(source: SourceText, error: yaml.YAMLError) -> Problem:
    """Return the finding for what PyYAML refused to parse."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return Problem(message="not valid YAML", path=source.path, hint=_INDENTATION)
    said = " ".join(filter(None, (error.problem, error.context)))
    mark = error.problem_mark
    if error.context_mark is not None and "quoted scalar" in said and "escape" not in said:
        # A quote that never ends is found at the end of the file; where it begins helps more.
        mark = error.context_mark
    offset = len(source.text) if mark is None else mark.index
    if source.text[offset : offset + 1] == "\t":
        said = f"tab: {said}"
    if source.text[offset - 1 : offset + 1] == "${":
        said = f"variable: {said}"
    hint = next((hint for part, hint in _HINTS if part in said), _INDENTATION)
    return source.problem(offset, f"not valid YAML: {error.problem or error.context}", hint=hint)
