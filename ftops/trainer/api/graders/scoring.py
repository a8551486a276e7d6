"""Scores a sample. Code is never run here, and no model judges."""

import re
from collections.abc import Mapping
from typing import Any, Final

from ftops.trainer.api.graders import likeness
from ftops.trainer.api.graders.formula import FormulaError, calculate
from ftops.trainer.api.graders.requests import Grader, Multi, Part, StringCheck, TextSimilarity
from ftops.trainer.api.problems import RefusalError, invalid

_BLANK = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
_ROUGE: Final = "rouge_"
_NOT_MEASURED: Final = frozenset({"cosine", "meteor"})

Facts = Mapping[str, Any]


def check(grader: Grader | Part) -> None:
    """Refuse a grader that could not be run as it is."""
    if isinstance(grader, Multi):
        for one in grader.graders.values():
            check(one)
        _calculated(grader, dict.fromkeys(grader.graders, 1.0))
    elif isinstance(grader, TextSimilarity) and grader.evaluation_metric in _NOT_MEASURED:
        raise invalid(
            "grader.evaluation_metric", f"{grader.evaluation_metric} is not measured here"
        )


def score(grader: Grader, facts: Facts) -> tuple[float, dict[str, float]]:
    """Return the reward, and for a multi grader the scores it is made of."""
    check(grader)
    if not isinstance(grader, Multi):
        return _score(grader, facts), {}
    parts = {name: _score(one, facts) for name, one in grader.graders.items()}
    return _calculated(grader, parts), parts


def _score(grader: Part, facts: Facts) -> float:
    if isinstance(grader, StringCheck):
        return float(_compared(grader, facts))
    if isinstance(grader, TextSimilarity):
        return _likeness(grader, facts)
    raise RefusalError(
        400,
        f"Graders of type '{type(grader).__struct_config__.tag}' are not run here: this server "
        "runs no code of its clients and has no model that judges.",
        param="grader.type",
        code="unsupported_grader",
    )


def _compared(grader: StringCheck, facts: Facts) -> bool:
    said, wanted = _filled(grader.input, facts), _filled(grader.reference, facts)
    match grader.operation:
        case "eq":
            return said == wanted
        case "ne":
            return said != wanted
        case "like":
            return wanted in said
        case "ilike":
            return wanted.casefold() in said.casefold()


def _likeness(grader: TextSimilarity, facts: Facts) -> float:
    said, wanted = _filled(grader.input, facts).split(), _filled(grader.reference, facts).split()
    match grader.evaluation_metric:
        case "fuzzy_match":
            return likeness.fuzzy_match(said, wanted)
        case "bleu":
            return likeness.bleu(said, wanted)
        case "gleu":
            return likeness.gleu(said, wanted)
        case "rouge_l":
            return likeness.rouge_l(said, wanted)
        case metric:
            return likeness.rouge(said, wanted, int(metric.removeprefix(_ROUGE)))


def _calculated(grader: Multi, scores: Mapping[str, float]) -> float:
    try:
        return calculate(grader.calculate_output, scores)
    except FormulaError as error:
        raise invalid("grader.calculate_output", str(error)) from None


def _filled(template: str, facts: Facts) -> str:
    """Fill `{{sample.output_text}}`, `{{item.name}}` and the like in."""

    def value(found: re.Match[str]) -> str:
        here: Any = facts
        for name in found[1].split("."):
            if not isinstance(here, Mapping) or name not in here:
                raise invalid("grader", f"there is no {found[1]} to fill in")
            here = here[name]
        return str(here)

    return _BLANK.sub(value, template)
