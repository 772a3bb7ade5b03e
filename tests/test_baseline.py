"""Every chart and map against its picture without text, so that fonts may differ and shapes may not.

After a change that was meant and looked at: ``make baseline`` renews the pictures.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.legend import Legend
from matplotlib.text import Text
from tests.all_figures import DRAWN

from povexit import style
from povexit.publish.redrawn import redraw

BASELINE = Path(__file__).parent / "baseline"
RENEW = os.environ.get("POVEXIT_RENEW_BASELINE") == "1"
DOTS = 40
#: Root of the mean squared difference of pixels, 0 to 255. Letters of another shape change at most 0.5
#: (measured: without hinting; a county map 7, where names choose corners); other values 7 and more.
TOLERANCE = 3.0
#: What is no value: keys, places and rules. To change them would draw another figure, or none.
KEPT = ("threshold", "level", "target", "n", "longitude", "latitude", "n_changed", "of")
EDGES = ("low_yuan", "high_yuan", "true_rate", "population_share", "age_years", "low", "high")
OTHER = {
    "meets": "fails",
    "fails": "undetermined",
    "undetermined": "meets",
    "pass": "fail",
    "fail": "pass",
}


@pytest.fixture(autouse=True)
def _own_look() -> Iterator[None]:
    with plt.rc_context():
        style.use("zh")
        yield
    style.use("zh")
    plt.close("all")


def picture(fig: Figure) -> np.ndarray:
    """Return the pixels of a figure laid out and drawn without its text: no font moves a shape."""
    for text in fig.findobj(Text):
        text.set_visible(False)
    for legend in fig.findobj(Legend):
        legend.set_visible(False)
    fig.set_dpi(DOTS)
    fig.canvas.draw()
    return np.asarray(fig.canvas.buffer_rgba())[..., :3].astype(float)  # type: ignore[attr-defined]


def baseline(name: str) -> np.ndarray:
    return np.round(imread(BASELINE / f"{name}.png")[..., :3] * 255.0)


def difference(a: np.ndarray, b: np.ndarray) -> float:
    """Return how far two pictures are apart; very far if they differ in size by more than a pixel."""
    if max(abs(x - y) for x, y in zip(a.shape, b.shape, strict=True)) > 1:
        return 255.0
    rows, columns = (min(x, y) for x, y in zip(a.shape[:2], b.shape[:2], strict=True))
    return float(np.sqrt(np.mean((a[:rows, :columns] - b[:rows, :columns]) ** 2)))


def drawn(name: str) -> Figure:
    made = DRAWN[name]("zh", "题")
    return made if isinstance(made, Figure) else style.figure_of(made)


@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_looks_as_it_did(name: str) -> None:
    pixels = picture(drawn(name))
    if RENEW:
        BASELINE.mkdir(exist_ok=True)
        plt.imsave(BASELINE / f"{name}.png", pixels.astype(np.uint8), metadata={"Software": None})
    assert difference(pixels, baseline(name)) <= TOLERANCE


@pytest.mark.parametrize("name", DRAWN)
def test_the_same_figure_of_other_values_is_not_taken_for_it(name: str) -> None:
    told = json.loads(json.dumps(style.description(drawn(name))))
    assert difference(picture(redraw(changed(told))), baseline(name)) > TOLERANCE


def changed(told: dict[str, Any]) -> dict[str, Any]:
    """Return the figure's data with the values of every second row made smaller or turned round."""
    other = copy.deepcopy(told)
    columns = other["data"]["columns"]
    for row in other["data"]["rows"][::2]:
        for i, (column, value) in enumerate(zip(columns, row, strict=True)):
            if column == "year" and value is not None:
                row[i] = value + 1
            elif column not in (*KEPT, *EDGES):
                row[i] = _turned(value)
    return other


def _turned(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return type(value)(value * 0.1)
    return OTHER.get(value, value) if isinstance(value, str) else value


def test_there_is_a_picture_of_every_figure_and_none_besides_and_they_are_small() -> None:
    files = list(BASELINE.glob("*.png"))
    assert {file.stem for file in files} == set(DRAWN)
    assert sum(file.stat().st_size for file in files) < 1_000_000


def test_text_is_not_in_the_pictures() -> None:
    """The same chart in the other language has other words and the same shapes of the same size."""
    style.use("en")
    english = picture(style.figure_of(DRAWN["income_histogram"]("en", "Title")))  # type: ignore[arg-type]
    assert difference(english, baseline("income_histogram")) < 25
