"""Where names go on a map: inside where they fit, on a leader where not, never on one another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from povexit.style import COLORS, figure_of, ink_on, scale

#: A name stays inside its area if at least this part of its box does.
INSIDE = 0.8
#: Shifts tried to keep a name inside its area, in font sizes.
NUDGES = (
    *((0.0, dy) for dy in (0.0, 0.5, -0.5, 1.0, -1.0, 1.5, -1.5)),
    *((dx, dy) for dx in (-0.6, 0.6, -1.2, 1.2) for dy in (0.0, 0.7, -0.7, 1.4, -1.4)),
)
#: Distance of lines in a name, in font sizes.
LEADING = 1.15
#: Offsets tried for a point's label, in font sizes, with the alignment that goes with each.
AROUND = (
    (0.55, 0.0, "left", "center"),
    (-0.55, 0.0, "right", "center"),
    (0.0, 0.55, "center", "bottom"),
    (0.0, -0.55, "center", "top"),
    (0.5, 0.5, "left", "bottom"),
    (0.5, -0.5, "left", "top"),
    (-0.5, 0.5, "right", "bottom"),
    (-0.5, -0.5, "right", "top"),
)
#: How far a leader reaches from its area, in font sizes; the nearest that is free is taken.
REACH = (2.5, 4, 5.5, 7, 9, 11)


#: Room around a name, in pixels.
ROOM = 1.0
#: How far a name stands from its place, in points.
Offset = tuple[float, float]


class Area(NamedTuple):
    """What is written into an area: text, where (data units), its shape and its fill."""

    text: str
    x: float
    y: float
    shape: Any
    fill: str = "white"


def halo(color: str = "white") -> list[Any]:
    """Return path effects that keep text apart from lines and hatches under it."""
    return [withStroke(linewidth=2.0 * scale(), foreground=color, alpha=0.9)]


def name_areas(
    ax: Axes,
    areas: Sequence[Area],
    size: float,
    *,
    leaders: bool = True,
    taken: Sequence[Bbox] = (),
) -> list[Annotation]:
    """Write a name into each area; one that does not fit goes outside, on a leader.

    Parameters
    ----------
    ax
        Axes in their final place (`povexit.style.lay_out`).
    areas
        What to write, and where.
    size
        Text size in points.
    leaders
        Without, a name that does not fit is left out.
    taken
        Boxes (pixels) that no name may touch.
    """
    placed = list(taken)
    fitting: list[Annotation] = []
    cramped: list[tuple[Area, Annotation]] = []
    for area in areas:
        note = _write(ax, area, size)
        if _shift_inside(ax, note, area.shape, placed):
            fitting.append(note)
            placed.append(box_of(note))
        else:
            cramped.append((area, note))
    whole = shapely.union_all([area.shape for area in areas])
    for area, note in cramped:
        place = _free_place(ax, note, whole, placed) if leaders else None
        note.remove()
        if place:
            fitting.append(_write(ax, area._replace(fill="white"), size, place))
            placed.append(box_of(fitting[-1]))
    return fitting


def _write(ax: Axes, area: Area, size: float, leader: Offset | None = None) -> Annotation:
    line = {"arrowstyle": "-", "color": COLORS["ink"], "linewidth": 0.6, "shrinkA": 1, "shrinkB": 0}
    return ax.annotate(
        area.text,
        (area.x, area.y),
        color=ink_on(area.fill),
        xytext=leader or (0, 0),
        textcoords="offset points",
        arrowprops=line if leader else None,
        annotation_clip=False,
        path_effects=halo(area.fill),
        size=size,
        ha="center",
        va="center",
        linespacing=LEADING,
        zorder=6,
        in_layout=False,
    )


def _shift_inside(ax: Axes, note: Annotation, shape: Any, placed: list[Bbox]) -> bool:
    """Move a name a little, if need be, so that it lies in its area and on no other name."""
    size = float(note.get_fontsize())
    for offset, extent in _at(ax, note, [(dx * size, dy * size) for dx, dy in NUDGES]):
        if _share(ax, extent, shape) >= INSIDE and not _clashes(extent.padded(ROOM), placed):
            note.set_position(offset)
            return True
    return False


def box_of(note: Annotation) -> Bbox:
    """Return a text's box in pixels, with a little room around it."""
    return note.get_window_extent().padded(ROOM)


def _at(ax: Axes, note: Annotation, offsets: Sequence[Offset]) -> Iterator[tuple[Offset, Bbox]]:
    """Give each offset (points) with the text's extent there, measured once."""
    note.set_position((0, 0))
    extent, pixels = note.get_window_extent(), figure_of(ax).dpi / 72
    for x, y in offsets:
        yield (x, y), extent.translated(x * pixels, y * pixels)


def _free_place(ax: Axes, note: Annotation, whole: Any, placed: list[Bbox]) -> Offset:
    """Return the nearest offset (points) off the map where a name covers nothing."""
    size, frame = float(note.get_fontsize()), ax.get_window_extent()
    best, cheapest = (0.0, 0.0), np.inf
    for reach in REACH:
        if reach >= cheapest:  # nothing farther off costs less
            break
        for offset, extent in _at(ax, note, _ring(reach * size)):
            box = extent.padded(ROOM)
            out = 0 if frame.contains(*box.min) and frame.contains(*box.max) else 100
            clash = 50 * _clashes(box, placed) + 20 * _share(ax, box, whole)
            if (cost := reach + clash + out) < cheapest:
                best, cheapest = offset, cost
    return best


def _ring(radius: float) -> list[Offset]:
    turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    return [(float(radius * np.cos(turn)), float(radius * np.sin(turn))) for turn in turns]


def _clashes(box: Bbox, placed: Iterable[Bbox]) -> int:
    return sum(box.overlaps(other) for other in placed)


def _share(ax: Axes, box: Bbox, shape: Any) -> float:
    """Return which share of a box (pixels) lies on a shape (data units)."""
    corners = ax.transData.inverted().transform(box.get_points())
    area = shapely.box(*corners.ravel())
    return float(shapely.intersection(area, shape).area / area.area)


def name_points(
    ax: Axes,
    points: Sequence[tuple[str, float, float]],
    size: float,
    *,
    avoid: np.ndarray,
    taken: Sequence[Bbox] = (),
) -> list[Annotation]:
    """Label points, each beside its point; one that fits nowhere is left out.

    Parameters
    ----------
    ax
        As for `name_areas`.
    points
        Text, x and y (data units), most important first.
    size
        Text size in points.
    avoid
        Points (n, 2) in data units that no label should cover.
    taken
        Boxes (pixels) that no label may touch.
    """
    dots = ax.transData.transform(avoid) if len(avoid) else np.empty((0, 2))
    frame = ax.get_window_extent()
    placed = list(taken)
    notes = []
    for name, x, y in points:
        note = ax.annotate(
            name,
            (x, y),
            xytext=(0, 0),
            textcoords="offset points",
            size=size,
            path_effects=halo(),
            zorder=6,
            in_layout=False,
        )
        if _settle(note, size, placed, dots, frame):
            placed.append(box_of(note))
            notes.append(note)
        else:
            note.remove()
    return notes


def _settle(
    note: Annotation, size: float, placed: list[Bbox], dots: np.ndarray, frame: Bbox
) -> bool:
    """Try the places around a point; take the one that covers fewest dots and no label."""
    best: tuple[int, tuple[float, float, str, str]] | None = None
    for place in AROUND:
        _move(note, place, size)
        box = box_of(note)
        fits = frame.contains(*box.min) and frame.contains(*box.max)
        if not fits or _clashes(box, placed):
            continue
        covered = int(((dots > box.min) & (dots < box.max)).all(axis=1).sum())
        if best is None or covered < best[0]:
            best = (covered, place)
    if best is None:
        return False
    _move(note, best[1], size)
    return True


def _move(note: Annotation, place: tuple[float, float, str, str], size: float) -> None:
    dx, dy, horizontal, vertical = place
    note.set_position((dx * size, dy * size))
    note.set(ha=horizontal, va=vertical)
