"""Industry: who is led by a company or co-operative, who lies in a zone, whom tourism supports."""

from __future__ import annotations

import numpy as np
import polars as pl

from povexit.geography import counties
from povexit_sim.noise import Bools, Floats, Ints, Texts, draw
from povexit_sim.programmes.scene import (
    NEVER,
    Columns,
    Scene,
    days,
    enough,
    frame_of,
    numbered,
    persons_of,
)
from povexit_sim.settings import settings

_BOTH = ("company", "cooperative")


def _short(scene: Scene) -> str:
    return str(counties().set_index("county_code").at[scene.county_code, "short_zh"])


def _leaders(scene: Scene, leader: Texts, kind: Texts, village: Ints) -> Texts:
    """Return names that say nothing but county, village number and kind of leader."""
    label = np.where(leader == "company", "公司", "专业合作社")
    return np.char.add(numbered(f"{_short(scene)}第", village + 1, ""), label)


def _kinds(scene: Scene, rng: np.random.Generator, village: Ints) -> Texts:
    own = settings()["programmes"]["industry"]
    kind = draw(rng, own["kinds"], len(village))
    is_border = scene.register.places.villages["is_border"].to_numpy()[village]
    return np.where(
        is_border & (rng.random(len(village)) < own["border_trade"]), "border_trade", kind
    )


def _led(scene: Scene, rng: np.random.Generator, village: Ints, curve: str) -> Columns:
    """Return leader, kind and month; members of co-operatives are led by one from before."""
    own, n = settings()["programmes"]["industry"], len(village)
    leader = np.where(rng.random(n) < own["company"], *_BOTH)
    return {
        "leader_type": leader,
        "industry_kind": _kinds(scene, rng, village),
        "month": scene.done(rng, n, curve),
        "is_both": rng.random(n) < own["both"],
        "day": days(rng, n),
        "village": village,
    }


def _finished(scene: Scene, frame: pl.DataFrame) -> pl.DataFrame:
    """Give dates and leaders' names to what has begun by now; some have both kinds of leader."""
    frame = frame.filter(pl.col("month") <= scene.month)
    other = pl.when(pl.col("leader_type") == "company").then(pl.lit("cooperative"))
    second = frame.filter("is_both").with_columns(leader_type=other.otherwise(pl.lit("company")))
    both = pl.concat([frame, second])
    leader, kind = (both[c].to_numpy().astype(str) for c in ("leader_type", "industry_kind"))
    return both.with_columns(
        led_since=scene.seen(both["month"].to_numpy(), both["day"].to_numpy()),
        leader_name=pl.Series(_leaders(scene, leader, kind, both["village"].to_numpy()).tolist()),
    )


def industry_ledger(scene: Scene) -> pl.DataFrame:
    """Return a row for each poor village and poor household and each kind of leader it has."""
    rng = scene.stream("industry")
    made = _led(scene, rng, scene.own["village"], "steady")
    is_member = np.asarray(scene.own["is_cooperative_member"])
    made["leader_type"] = np.where(is_member, "cooperative", made["leader_type"])
    made["month"] = np.where(is_member, np.minimum(made["month"], -1), made["month"])
    made["is_poor"] = scene.is_poor
    homes = scene.of_households(made).filter("is_poor").drop("is_poor", "household_size")
    places = scene.register.places.villages
    led = _led(scene, rng, np.arange(len(places)), "early")
    villages = frame_of({"village_code": places["village_code"].to_numpy().astype(str), **led})
    villages = villages.filter(pl.Series(places["is_poor_village"].to_numpy()))
    return pl.concat(
        [
            _finished(scene, villages).with_columns(unit_type=pl.lit("village")),
            _finished(scene, homes).with_columns(unit_type=pl.lit("household")),
        ],
        how="diagonal",
    )


def _covered(scene: Scene, name: str, wanted: float) -> tuple[Bools, Ints]:
    """Return the households of whole villages that a zone is to cover, and when it does."""
    rng = scene.stream("zone", name)
    village, sizes = scene.own["village"], scene.own["size"]
    able = np.asarray(scene.own["group"] == "poor")
    count = len(scene.register.places.villages)
    persons = np.bincount(village, weights=sizes * able, minlength=count).astype(np.int64)
    inside = enough(rng, persons > 0, persons, wanted)
    return able & inside[village], scene.done(rng, scene.n, "works")


def zone_ledger(scene: Scene) -> pl.DataFrame:
    """Return a row for each household and zone that covers it by now."""
    own, parts = settings()["programmes"]["zones"], []
    levels = {"city_county": "市县共建", "county": "县级"}
    if scene.county_code not in own["city_county"]:
        levels.pop("city_county")
    for level, label in levels.items():
        margin = float(scene.stream("zone plan", level).uniform(*own["plan"]))
        covered, month = _covered(scene, level, own[f"{level}_persons"] * margin * scene.scale)
        since = scene.seen(np.where(covered, month, NEVER), days(scene.stream("zone day"), scene.n))
        frame = scene.of_households({"covered_since": since})
        named = frame.with_columns(
            zone_name=pl.lit(f"{_short(scene)}{label}扶贫产业综合示范区"), zone_level=pl.lit(level)
        )
        parts.append(named.filter(pl.col("covered_since").is_not_null()))
    return pl.concat(parts)


def tourism_ledger(scene: Scene) -> pl.DataFrame:
    """Return a row for each household that a tourism project supports by now."""
    own, rng = settings()["programmes"]["tourism"], scene.stream("tourism")
    wanted: float = persons_of(scene, own["persons"])
    first = enough(rng, scene.is_planned, scene.own["size"], wanted * own["planned_first"])
    able = np.asarray(scene.own["group"] == "poor") & ~scene.is_planned
    other = enough(rng, able, scene.own["size"], wanted * (1 - own["planned_first"]))
    month: Floats = np.where(first | other, scene.done(rng, scene.n, "steady"), NEVER)
    names = scene.register.places.villages["village_name"].to_numpy().astype(str)
    frame = scene.of_households(
        {
            "supported_since": scene.seen(month.astype(np.int64), days(rng, scene.n)),
            "project_name": np.char.add(names[scene.own["village"]], "乡村旅游项目"),
        }
    )
    frame = frame.filter(pl.col("supported_since").is_not_null())
    return frame.with_columns(supported_persons=pl.col("household_size"))
