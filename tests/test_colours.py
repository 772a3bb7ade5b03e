"""Colours that mean something stay apart for every eye, and on a grey printer.

How colours look without red or green cones: Machado, Oliveira and Fernandes (2009), A
Physiologically-based Model for Simulation of Color Vision Deficiency, IEEE TVCG 15(6), the
matrices of severity 1.0, applied to linear RGB. Distances are CIE 1976 (D65): about 2 can just
be seen side by side; 20 is told apart at a glance across a room.
"""

from __future__ import annotations

from itertools import combinations, pairwise

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from povexit import style
from povexit.charts.counties import VERDICTS
from povexit.charts.slopes import _WAYS

VISIONS = {
    "everybody": np.eye(3),
    "without green cones": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "without red cones": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "without blue cones": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
WHITE = TO_XYZ.sum(axis=1)
#: Least distance of two colours that mean different things, and of their lightness in grey.
APART, GREY_APART = 20.0, 15.0


def linear(color: str) -> np.ndarray:
    c = np.array(to_rgb(color))
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(color: str, vision: str = "everybody") -> np.ndarray:
    """Return lightness and the two axes of hue of a colour as somebody sees it."""
    seen = np.clip(VISIONS[vision] @ linear(color), 0, 1)
    t = TO_XYZ @ seen / WHITE
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(a: str, b: str, vision: str) -> float:
    return float(np.linalg.norm(lab(a, vision) - lab(b, vision)))


def grey(color: str) -> float:
    """Return how light a grey printer makes a colour, 0 to 100."""
    return float(lab(color)[0])


def test_the_measure_knows_black_white_and_a_published_colour() -> None:
    assert lab("#000000") == pytest.approx([0, 0, 0], abs=1e-6)
    assert lab("#FFFFFF") == pytest.approx([100, 0, 0], abs=0.02)
    assert lab("#FF0000") == pytest.approx([53.24, 80.09, 67.20], abs=0.05)


def test_the_test_can_fail() -> None:
    """Red and green of the same lightness: one colour without green cones, one grey in print."""
    red, green = "#D04040", "#4F8F00"
    assert distance(red, green, "everybody") > 3 * APART
    assert abs(grey(red) - grey(green)) < GREY_APART
    assert distance("#B0403A", "#6B6A20", "without green cones") < APART


MEANINGS = {
    **{f"status {k}": (s.color, s.hatch) for k, s in style.STATUS.items()},
}
KINDS = {k: (s.color, s.hatch) for k, s in style.KIND.items()}


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize(
    ("a", "b"), [*combinations(MEANINGS.values(), 2), *combinations(KINDS.values(), 2)]
)
def test_what_means_something_else_differs_in_hatch_or_clearly_in_colour(
    a: tuple[str, str], b: tuple[str, str], vision: str
) -> None:
    if a[1] == b[1]:
        assert distance(a[0], b[0], vision) >= APART


@pytest.mark.parametrize(
    ("a", "b"), [*combinations(MEANINGS.values(), 2), *combinations(KINDS.values(), 2)]
)
def test_what_means_something_else_is_apart_on_a_grey_printer(
    a: tuple[str, str], b: tuple[str, str]
) -> None:
    if a[1] == b[1]:
        assert abs(grey(a[0]) - grey(b[0])) >= GREY_APART


@pytest.mark.parametrize("vision", VISIONS)
def test_verdicts_and_kinds_are_not_taken_for_one_another(vision: str) -> None:
    for kind in ("poor", "other"):
        for status in ("pass", "fail"):
            pair = style.KIND[kind].color, style.STATUS[status].color
            assert distance(*pair, vision) >= APART


@pytest.mark.parametrize("k", range(2, 6))
def test_classes_of_a_map_grow_darker_in_steps_that_print_in_grey(k: int) -> None:
    steps = [grey(color) for color in style.sequential(k)]
    assert all(light - dark >= 8 for light, dark in pairwise(steps))


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("k", range(2, 6))
def test_classes_of_a_map_are_told_apart_by_every_eye(k: int, vision: str) -> None:
    assert all(distance(a, b, vision) >= 10 for a, b in pairwise(style.sequential(k)))


def test_marks_and_lines_of_verdicts_differ_without_colour() -> None:
    marks = [(v["marker"], v["markerfacecolor"] == "white") for v in VERDICTS.values()][:3]
    assert len(set(marks)) == 3
    assert len({str(look["linestyle"]) for look, _ in _WAYS.values()}) == 3


@pytest.mark.parametrize("name", ["ink", "muted", "accent"])
def test_text_is_legible_on_paper(name: str) -> None:
    """Contrast by WCAG 2.1 of at least 4.5 : 1."""
    luminance = float(TO_XYZ[1] @ linear(style.COLORS[name]))
    assert 1.05 / (luminance + 0.05) >= 4.5


@pytest.mark.parametrize("context", ["report", "slides"])
def test_a_figure_saved_by_hand_embeds_letters_and_not_pictures_of_them(context: str) -> None:
    with style.within("zh", context):
        assert mpl.rcParams["pdf.fonttype"] == 42


def test_lines_are_heavier_on_a_wall_than_on_paper() -> None:
    widths = {}
    for context in ("report", "slides"):
        with style.within("zh", context):
            widths[context] = mpl.rcParams["lines.linewidth"]
    assert widths["slides"] > widths["report"]
