import math

import pytest

from ftops.render.plot import NOTHING, Series, loss_plot

TRAIN = Series(name="train_loss", points=tuple((step, 4.0 / step) for step in range(1, 41)))
VALID = Series(name="valid_loss", points=tuple((step, 5.0 / step) for step in range(10, 41, 10)))

FINE = """\
4.195 │⡄
      │⡇
      │⢇
      │⢸
2.098 │⢸
      │ ⢇
      │ ⠘⡄
      │  ⠈⠑⠤⣀×
    0 │      ⠉⠉⠉⠒⠒⠒⠒×⠒⠤⠤⠤⠤×⠤⠤⠤⠤⠤⠤×
      └───────────────────────────
       step 1                   40
       • train_loss   × valid_loss"""  # noqa: RUF001 - the times sign is meant

ASCII = """\
4.195 |*
      |*
      |*
      | *
1.798 | *
      |  *
      |   ***x**
    0 |         ****x*****x******x
      +---------------------------
       step 1                   40
       * train_loss   x valid_loss"""

FLAT = """\
2.1 │
    │
  2 │⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤
    │
1.9 │
    └──────────────────────────────────
     step 1                           9
     • flat"""

DOT = """\
 1 │
 0 │⠄
-1 │
   └──────────────────────────
    step 3
    • one"""


def test_a_plot_in_ascii() -> None:
    assert loss_plot([TRAIN, VALID], 34, 8, ascii_only=True) == ASCII


def test_a_plot_in_fine_dots() -> None:
    assert loss_plot([TRAIN, VALID], 34, 9) == FINE


def test_the_legend_tells_the_marks_apart() -> None:
    assert loss_plot([TRAIN, VALID]).splitlines()[-1].split() == [
        "•",
        "train_loss",
        "\N{MULTIPLICATION SIGN}",
        "valid_loss",
    ]


def test_a_constant_is_a_level_line() -> None:
    flat = Series(name="flat", points=((1, 2.0), (9, 2.0)))
    assert loss_plot([flat], 39, 5) == FLAT


def test_one_point_is_a_dot() -> None:
    assert loss_plot([Series(name="one", points=((3, 0.0),))], 5, 1) == DOT


@pytest.mark.parametrize(
    "points",
    [
        pytest.param((), id="no points"),
        pytest.param(((1, math.nan), (2, math.inf), (3, -math.inf)), id="no numbers"),
        pytest.param(((1, 1e300),), id="nothing of sensible size"),
    ],
)
def test_nothing_to_draw_is_said(points: tuple[tuple[int, float], ...]) -> None:
    assert loss_plot([Series(name="x", points=points)]) == NOTHING


def test_no_series_at_all() -> None:
    assert loss_plot([]) == NOTHING


def test_what_is_no_number_is_left_out() -> None:
    holed = Series(name=TRAIN.name, points=((0, math.nan), *TRAIN.points, (99, math.inf)))
    assert loss_plot([holed]) == loss_plot([TRAIN])


def test_the_order_of_points_does_not_matter() -> None:
    backwards = Series(name=TRAIN.name, points=tuple(reversed(TRAIN.points)))
    assert loss_plot([backwards]) == loss_plot([TRAIN])


@pytest.mark.parametrize("ascii_only", [False, True], ids=["fine", "ascii"])
@pytest.mark.parametrize("width", [30, 72, 100])
def test_a_plot_keeps_to_its_width(width: int, ascii_only: bool) -> None:  # noqa: FBT001 - a column of the table
    lines = loss_plot([TRAIN, VALID], width, 10, ascii_only=ascii_only).splitlines()
    assert max(map(len, lines)) <= width
    assert len(lines) == 13 + (width == 30)
    assert not ascii_only or "\n".join(lines).isascii()


def test_thousands_of_steps_draw_their_mean() -> None:
    noisy = tuple((step, 1.0 + (step % 2)) for step in range(20_000))
    lines = loss_plot([Series(name="noisy", points=noisy)], 60, 9).splitlines()
    drawn = [line.partition("│")[2] for line in lines[:9]]
    assert len(drawn[4]) == 54
    assert not any(drawn[:4] + drawn[5:])


def test_negative_values_have_room_below() -> None:
    shown = loss_plot([Series(name="reward", points=((1, -1.0), (2, 1.0)))], 40, 5)
    assert shown.splitlines()[4].startswith("-1.1 │")


def test_a_hostile_name_draws_nothing() -> None:
    assert "\x1b" not in loss_plot([Series(name="\x1b[2Jx", points=TRAIN.points)])
