"""Two judged months side by side: what changed, which part data, rule and code have, and wrong use."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from povexit import batch, cli, decide, progress, standards, store, tables
from povexit.batch import parts, records
from povexit.batch.options import JUDGE
from povexit.batch.records import Record
from povexit.errors import StoreError, UnknownNameError
from povexit.explore.difference import Difference, _judged, diff
from povexit.progress.between import QUANTITIES, SHARES
from povexit.tables.apart import NUMBERS

BEFORE, MONTH = "2016-06", "2016-07"
A, B = COUNTIES = ("451022", "451030")
LEFT, DARK = 15, 40
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def two_months(lab_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of two months: in the later one households of A left and others lost their electricity."""
    home = tmp_path_factory.mktemp("diff") / "home"
    shutil.copytree(lab_home, home)
    shutil.copy(ROOT / "notebooks" / JUDGE.notebook, home / "notebooks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POVEXIT_HOME", str(home))
        for county in COUNTIES:
            _later(county)
        for county in COUNTIES:
            (decided,) = _judged(MONTH, [county], [("2016", MONTH)])
            for unit in ("households", "villages", "counties"):
                store.save(getattr(decided, unit), f"decisions_{unit}", MONTH, county)
            for month in (BEFORE, MONTH):
                _record(month, county, "2016")
    return home


def _later(county: str) -> None:
    for name in ("cleaned_households", "cleaned_persons", "cleaned_villages", "deliveries"):
        frame = store.scan(name, BEFORE, county).collect().with_columns(month=pl.lit(MONTH))
        if county == A and name == "cleaned_households":
            gone = _meeting()[:LEFT]
            dark = _meeting()[LEFT : LEFT + DARK]
            frame = frame.filter(~pl.col("household_id").is_in(gone)).with_columns(
                has_electricity=pl.when(pl.col("household_id").is_in(dark))
                .then(False)
                .otherwise("has_electricity")
            )
        store.save(frame, name, MONTH, county)


def _meeting() -> list[str]:
    decided = store.scan("decisions_households", BEFORE, A).filter(pl.col("meets_standard"))
    return sorted(decided.collect()["household_id"])


def _record(month: str, county: str, edition: str, **other: object) -> None:
    made = {"parts": parts.parts(JUDGE.path)} | other
    given = {"edition": edition, "month": month, "county": county}
    records.save(Record(f"judge_{county}", month, "k", "ok", parameters=given, **made))  # type: ignore[arg-type]


@pytest.fixture
def home(two_months: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it that a test may change, in use."""
    shutil.copytree(two_months, tmp_path / "home")
    monkeypatch.setenv("POVEXIT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="module")
def found(two_months: Path) -> Iterator[Difference]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POVEXIT_HOME", str(two_months))
        yield diff(BEFORE, MONTH)


def row(found: Difference, quantity: str, county: str = "all") -> pd.Series:
    own = found.figures
    return own[(own["quantity"] == quantity) & (own["county_code"] == county)].iloc[0]


def _meets(month: str) -> int:
    return int(store.load("decisions_households", month)["meets_standard"].sum())


def test_what_left_and_what_lost_its_light_have_each_their_part(
    found: Difference, home: Path
) -> None:
    own = row(found, "households_meeting", A)
    assert (own["left"], own["changed"], own["data"]) == (-LEFT, -DARK, -LEFT - DARK)
    assert (own["code"], own["rule"]) == (0, 0)
    city = row(found, "households_meeting")
    assert (city["then"], city["now"]) == (_meets(BEFORE), _meets(MONTH))
    assert city["difference"] == own["difference"] == -LEFT - DARK
    assert row(found, "households_judged")["difference"] == -LEFT
    assert row(found, "households_meeting", B)["difference"] == 0


def test_the_parts_of_every_number_shown_add_up(found: Difference) -> None:
    table = found.figures[found.figures["status"] == "shown"]
    whole = table[["data", "rule", "code"]].sum(axis=1, skipna=False)
    assert (whole - table["difference"]).dropna().abs().max() < 1e-9
    counted = table[~table["quantity"].isin(list(SHARES))]
    flat = counted[[*progress.between.PARTS, "other"]].fillna(0).sum(axis=1)
    assert (flat - counted["difference"]).abs().max() == 0


def test_another_edition_on_the_same_month_is_the_rules_part(home: Path) -> None:
    found = diff(BEFORE, BEFORE, asked="2017")
    known = store.scan("indicators_households", BEFORE).collect()
    again = decide.household(known, standards.load("household_exit", "2017"), 2016)
    expected = int(again["meets_standard"].sum()) - _meets(BEFORE)
    assert expected != 0
    own = row(found, "households_meeting")
    assert (own["difference"], own["rule"]) == (expected, expected)
    assert found.editions == ("2016", "2017")
    assert list(found.table().frame.columns)[2:4] == [f"{BEFORE} (2016)", f"{BEFORE} (2017)"]


def test_by_another_edition_the_later_month_has_data_and_rule_apart(
    found: Difference, home: Path
) -> None:
    both = diff(BEFORE, MONTH, asked="2017")
    for quantity in ("households_meeting", "households_failing", "persons_meeting"):
        assert row(both, quantity)["data"] == row(found, quantity)["data"]
        assert row(both, quantity)["rule"] != 0
    share = row(both, "meets_share")
    assert share["data"] + share["rule"] == pytest.approx(share["difference"])


def test_what_a_record_has_otherwise_than_today_is_the_codes_part(home: Path) -> None:
    turned = _meeting()[-20:]
    frame = store.scan("decisions_households", BEFORE, A).collect()
    other = pl.when(pl.col("household_id").is_in(turned)).then(False).otherwise("meets_standard")
    store.save(frame.with_columns(meets_standard=other), "decisions_households", BEFORE, A)
    own = row(diff(BEFORE, MONTH), "households_meeting", A)
    assert (own["code"], own["data"]) == (20, -LEFT - DARK)
    assert own["difference"] == 20 - LEFT - DARK


def test_remarks_say_what_was_made_otherwise(home: Path) -> None:
    assert batch.diff(BEFORE, MONTH).remarks == ("edition: 2016",)
    made = parts.parts(JUDGE.path)
    older = made | {"environment": made["environment"] | {"pandas": "2.9"}}
    _record(BEFORE, A, "2016", parts=older)
    _record(BEFORE, B, "2016", parts={})
    for month, given in ((BEFORE, older), (MONTH, made)):
        records.save(Record(f"clean_{A}", month, "k", "ok", parts=given))
    store.remove(["decisions_households"], MONTH, B)
    edition, code, data, absent = batch.diff(BEFORE, MONTH, edition="2017", lang="en").remarks
    now = made["environment"]["pandas"]
    assert edition == "edition: 2016 -> 2017"
    assert code == f"code, since {BEFORE} was judged: {parts.OLD}; pandas 2.9 -> {now}"
    assert data.endswith(f"told from the data's: pandas 2.9 -> {now}")
    assert absent.endswith("only one of the months has them: Xilin")


def test_the_table_names_every_number_in_both_languages(found: Difference) -> None:
    assert set(NUMBERS) == {*QUANTITIES, *SHARES}
    zh = found.table().frame
    assert len(zh) == len(NUMBERS) * 3
    own = zh[(zh["数字"] == "达标户") & (zh["县（市、区）"] == "全市")].iloc[0]
    assert own["变化"] == f"减少{LEFT + DARK}户"
    assert own["其中"] == f"数据 −{LEFT + DARK}（离开登记册 −{LEFT}，指标变化 −{DARK}）"
    assert "模拟" in found.table().note
    en = Difference(found.months, found.editions, found.figures, (), "en").table(every=False).frame
    assert len(en) < len(zh)
    own = en[en["Number"] == "Households judged"].iloc[0]
    assert own["Change"] == f"down {LEFT} households"
    share = zh[zh["数字"].str.startswith("达标户比例")].iloc[0]
    assert share["变化"].startswith("下降")
    assert share["变化"].endswith("个百分点")


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (0.003, "上升0.3个百分点", "up 0.3 points"),
        (-0.0001, "下降<0.1个百分点", "down <0.1 points"),
        (0.0, "持平", "unchanged"),
        (None, "未知", "unknown"),
    ],
)
def test_a_shares_change_is_told_in_points(value: float | None, zh: str, en: str) -> None:
    given = dict.fromkeys(
        ["code", "data", "left", "entered", "answered", "changed", "rule", "other"]
    )
    ends = {"county_code": "all", "quantity": "meets_share", "then": 0.4, "now": 0.4}
    rows = pd.DataFrame([ends | {"difference": value} | given])
    for lang, said in (("zh", zh), ("en", en)):
        printed = tables.apart(rows, (BEFORE, MONTH), lang).frame.iloc[0]
        assert printed.iloc[4] == said


def test_the_command_prints_and_writes_what_may_be_shown(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "diff.csv"
    command = ["diff", BEFORE, MONTH, "--county", "田东县", "--lang", "en", "--csv", str(out)]
    assert cli.main(command) == 0
    said = capsys.readouterr().out
    assert f"down {LEFT + DARK} households" in said
    assert "Whole city" not in said
    assert "Simulated data" in said or "simulated" in said
    assert said.rstrip().endswith(str(out))
    written = pd.read_csv(io.StringIO(out.read_text()), dtype={"county_code": str})
    assert set(written["county_code"]) == {A}
    assert set(written["quantity"]) == set(NUMBERS)
    assert not [c for c in written if c.startswith("moved_")]
    assert written["is_simulated"].all()
    told = written[["month_then", "month_now", "edition_then", "edition_now"]].astype(str)
    assert told.drop_duplicates().to_numpy().tolist() == [[BEFORE, MONTH, "2016", "2016"]]


def test_one_county_shows_no_more_than_all_of_them(found: Difference, home: Path) -> None:
    alone = diff(BEFORE, MONTH, county="田东县").figures
    among = found.figures[found.figures["county_code"] == A].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, among)
    store.remove(["decisions_households"], MONTH, B)
    assert diff(BEFORE, MONTH, county="田东县").absent == ()
    with pytest.raises(StoreError, match="no county asked for"):
        diff(BEFORE, MONTH, county="西林县")


def test_wrong_use_is_answered(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UnknownNameError) as error:
        batch.diff(BEFORE, "2016-08")
    assert "2016-07" in str(error.value.hint)
    with pytest.raises(UnknownNameError, match="not a month"):
        batch.diff("2016-6", MONTH)
    with pytest.raises(UnknownNameError) as error:
        batch.diff(MONTH, MONTH)
    assert "--edition" in str(error.value.hint)
    with pytest.raises(UnknownNameError, match="unknown edition"):
        batch.diff(BEFORE, MONTH, edition="2071")
    with pytest.raises(UnknownNameError):
        batch.diff(BEFORE, MONTH, counties=["南宁"])
    (home / "data" / "raw" / "2016-08").mkdir()
    with pytest.raises(StoreError, match="not judged") as judged:
        batch.diff(BEFORE, "2016-08")
    assert judged.value.hint == "run: povexit run --month 2016-08"
    assert cli.main(["diff", BEFORE, "2016-09"]) == 2
    assert "did you mean" in capsys.readouterr().err


def test_a_month_of_which_nothing_is_recorded_is_taken_by_its_own_edition(home: Path) -> None:
    for county in COUNTIES:
        records.path(f"judge_{county}", BEFORE).unlink()
    edition, said = batch.diff(BEFORE, MONTH).remarks
    assert edition == "edition: 2016"
    assert said.startswith(f"edition: no run recorded how {BEFORE} was judged")


def test_a_month_run_by_another_edition_is_judged_again_by_that_one(home: Path) -> None:
    for county in COUNTIES:
        (by_2017,) = _judged(MONTH, [county], [("2017", MONTH)])
        for unit in ("households", "villages", "counties"):
            store.save(getattr(by_2017, unit), f"decisions_{unit}", MONTH, county)
        _record(MONTH, county, "2017")
    own = row(batch.diff(BEFORE, MONTH).difference, "households_meeting")
    assert (own["code"], own["data"]) == (0, -LEFT - DARK)
    assert own["rule"] == own["difference"] + LEFT + DARK
    assert own["rule"] != 0


def test_months_that_cannot_be_compared_say_why(home: Path) -> None:
    _record(BEFORE, B, "2017")
    with pytest.raises(StoreError, match="not judged by one edition") as error:
        batch.diff(BEFORE, MONTH)
    assert error.value.found == "2016, 2017"
    _record(BEFORE, B, "2016")
    store.remove(["cleaned_persons"], BEFORE, A)
    with pytest.raises(StoreError, match="no table cleaned_persons"):
        batch.diff(BEFORE, MONTH)
    store.remove(["decisions_households"], BEFORE, A)
    store.remove(["decisions_households"], MONTH, B)
    with pytest.raises(StoreError, match="no county asked for was judged for both"):
        batch.diff(BEFORE, MONTH)
