"""How hard the laws are searched for a counterexample: always a little, on request a lot."""

from typing import Final

from hypothesis import HealthCheck, settings

EXAMPLES: Final = 80
DEEPER: Final = 20

QUICK: Final = settings(
    deadline=None,
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
)
DEEP: Final = settings(QUICK, max_examples=EXAMPLES * DEEPER)
