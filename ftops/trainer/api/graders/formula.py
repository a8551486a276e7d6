"""Sums over scores, as `calculate_output` has them: numbers, names and arithmetic."""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

MAX_FORMULA: Final = 1000

_JOINED: Mapping[type[ast.operator], Callable[[float, float], float]] = MappingProxyType(
    {
        ast.Add: operator.add,
        ast.Sub: operator.sub,
        ast.Mult: operator.mul,
        ast.Div: operator.truediv,
    }
)
_CALLED: Mapping[str, Callable[..., float]] = MappingProxyType(
    {
        "min": min,
        "max": max,
        "abs": abs,
        "floor": math.floor,
        "ceil": math.ceil,
        "exp": math.exp,
        "sqrt": math.sqrt,
        "log": math.log,
    }
)


class FormulaError(Exception):
    """The formula says something we do not calculate."""


def calculate(formula: str, scores: Mapping[str, float]) -> float:
    """Return what the formula comes to; nothing of it is ever run as code."""
    if len(formula) > MAX_FORMULA:
        raise FormulaError(f"it is longer than {MAX_FORMULA} characters")
    try:
        value = _value(ast.parse(formula.strip(), mode="eval").body, scores)
    except FormulaError:
        raise
    except (SyntaxError, ValueError, ArithmeticError, TypeError, RecursionError) as error:
        raise FormulaError(str(error)) from error
    if not math.isfinite(value):
        raise FormulaError("it comes to no number")
    return value


def _value(node: ast.expr, scores: Mapping[str, float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name) if name in scores:
            return scores[name]
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_value(inner, scores)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _JOINED:
            return _JOINED[type(op)](_value(left, scores), _value(right, scores))
        case ast.Call(func=ast.Name(id=name), args=given, keywords=[]) if name in _CALLED:
            return float(_CALLED[name](*(_value(one, scores) for one in given)))
    raise FormulaError(f"'{ast.unparse(node)}' is neither a score nor arithmetic")
