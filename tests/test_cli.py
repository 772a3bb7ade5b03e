"""The command line says what happened, in words and in its exit status."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from tests.raw_files import LEDGER, REGISTER, SURVEY

from povexit import batch, cli, store
from povexit.batch import Summary
from povexit.errors import DeliveryError, StoreError, UnknownNameError
from povexit.publish import Entry

DEMO = Path(__file__).parents[1] / "data" / "raw" / "2016-06"


# -- run --------------------------------------------------------------------------------


def summary(*entries: Entry, **more: object) -> Summary:
    names = tuple(entry.name for entry in entries)
    return Summary(entries, names, names[:1], Path("reports/index.html"), **more)  # type: ignore[arg-type]


GOOD = Entry("city", "百色市脱贫退出月报", "delivered", "city.html")
SAME = Entry("county_451021", "田阳县", "delivered", "county_451021.html")
KEPT = Entry("county_451022", "田东县", "kept", "a.html", problem="too many [rows] :bug: [/x]")
NONE = Entry("county_451023", "平果县", "missing", problem="sheet missing")


def answer(
    monkeypatch: pytest.MonkeyPatch, said: Summary | BaseException
) -> list[dict[str, object]]:
    """Let the batch answer at once; return what it is asked."""
    asked: list[dict[str, object]] = []

    def run(month: str, **given: object) -> Summary:
        asked.append({"month": month, **given})
        if isinstance(said, BaseException):
            raise said
        return said

    monkeypatch.setattr(batch, "run", run)
    return asked


def test_all_delivered_is_zero(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = answer(monkeypatch, summary(GOOD, SAME))
    assert cli.main(["run", "--month", "2016-06", "--county", "田阳", "--county", "451022"]) == 0
    assert asked == [
        {
            "month": "2016-06",
            "edition": None,
            "lang": "zh",
            "counties": ["田阳", "451022"],
            "force": False,
            "jobs": 2,
            "with_products": True,
            "shard": None,
            "scheduler": None,
        }
    ]
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[1:3]] == [
        ["百色市脱贫退出月报", "delivered"],
        ["田阳县", "unchanged"],
    ]
    assert lines[-1] == "reports/index.html"


def test_what_was_not_delivered_is_told_word_by_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    more = {"strangers": ("450125村台账.xlsx",), "log": Path("reports/error.log")}
    answer(monkeypatch, summary(GOOD, KEPT, NONE, **more))
    assert cli.main(["run", "--month", "2016-06"]) == 1
    out = capsys.readouterr().out
    assert "NOT DELIVERED (last one kept)  too many [rows] :bug: [/x]\n" in out
    assert "sheet missing" in out
    assert "not read, as its name tells no county or kind: 450125村台账.xlsx" in out
    assert "details of the errors: reports/error.log" in out
    assert out.splitlines()[-1] == "reports/index.html"


def test_a_product_that_could_not_be_made_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(monkeypatch, summary(GOOD, lacking={"volume": "no drawing today"}))
    assert cli.main(["run", "--month", "2016-06"]) == 1
    assert "NOT MADE, the last one stands: volume: no drawing" in capsys.readouterr().out


def full_disk() -> StoreError:
    error = StoreError("could not write the file", hint="free some space")
    error.__cause__ = OSError(28, "No space left on device")
    return error


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UnknownNameError("unknown edition", hint="did you mean 2016?"), 2),
        (StoreError("no deliveries for 2016-08", hint="make the folder"), 2),
        (DeliveryError("no deliveries for 2016-07", hint="put the files there"), 2),
        (full_disk(), 1),
        (KeyboardInterrupt(), 130),
    ],
)
def test_the_exit_status_says_why(
    error: BaseException,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer(monkeypatch, error)
    assert cli.main(["run", "--month", "2016-06"]) == status
    said = capsys.readouterr().err
    assert "Traceback" not in said
    hint = getattr(error, "hint", "the same command goes on from here")
    assert hint in said


@pytest.mark.parametrize("writable", [True, False])
def test_something_unforeseen_leaves_its_details_in_a_file(
    project: Path,
    writable: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if not writable:
        (project / "reports").rmdir()
        (project / "reports").write_text("not a folder")
    answer(monkeypatch, ZeroDivisionError("nobody thought of this"))
    assert cli.main(["run", "--month", "2016-06"]) == 1
    said = capsys.readouterr().err
    assert "Traceback" not in said
    log = Path(said.rsplit("details are in ", 1)[1].strip())
    assert "nobody thought of this" in log.read_text(encoding="utf-8")
    assert (log == project / "reports" / "2016-06" / "error.log") == writable
    log.unlink()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["run"],
        ["run", "--month"],
        ["run", "--month", "2016-06", "--jobs", "many"],
        ["run", "--month", "2016-06", "--year", "2016"],
        ["check"],
        ["make"],
    ],
)
def test_a_wrong_command_is_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    assert end.value.code == 2
    assert "usage: povexit" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--month", "2016-6"],
        ["--month", "../../etc"],
        ["--month", "2016-06\n"],
        ["--month", "2016-06", "--county", "'; import os"],
        ["--month", "2016-06", "--edition", "2018"],
        ["--month", "2016-06", "--lang", "fr"],
        ["--month", "2016-06", "--jobs", "0"],
        ["--month", "2016-06"],
    ],
)
def test_a_request_that_cannot_be_met_writes_nothing(
    project: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["run", *arguments]) == 2
    assert "povexit: " in capsys.readouterr().err
    assert not [path for path in project.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ([], ["run", "check", "data/raw/<month>/"]),
        (["run"], ["--month", "--county", "--edition", "--lang", "--force", "130", "Ctrl-C"]),
        (["check"], ["FILE", "Nothing is written", "exit status"]),
    ],
)
def test_help_fits_a_terminal_and_says_the_statuses(command: list[str], words: list[str]) -> None:
    given = [sys.executable, "-m", "povexit.cli", *command, "--help"]
    done = subprocess.run(given, capture_output=True, text=True, check=True)
    assert all(word in done.stdout for word in words)
    assert max(map(len, done.stdout.splitlines())) <= 80


# -- check ------------------------------------------------------------------------------


def test_a_good_file_is_told_in_a_sentence(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["check", str(DEMO / LEDGER), str(DEMO / SURVEY)]) == 0
    out = capsys.readouterr().out
    assert f"{LEDGER}: can be used\n  村台账: 23 rows, 23 kept, 0 quarantined" in out
    assert not [path for path in project.rglob("*") if path.is_file()]


def test_a_whole_folder_may_be_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    shutil.copy(DEMO / LEDGER, tmp_path)
    for name in ("SOURCES.toml", "~$右江区村台账2016年6月.xlsx", ".DS_Store"):
        (tmp_path / name).write_text("not delivered")
    assert cli.main(["check", *map(str, tmp_path.iterdir())]) == 0
    assert capsys.readouterr().out.count(":") == 2


def spoilt(
    change: Callable[[openpyxl.Workbook], object], name: str = LEDGER
) -> Callable[[], bytes]:
    """Return a maker of a demo workbook with one thing changed."""

    def made() -> bytes:
        import io

        book = openpyxl.load_workbook(DEMO / name)
        change(book)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    return made


def header_nobody_knows(book: openpyxl.Workbook) -> None:
    sheet = book.worksheets[0]
    cell = next(c for c in sheet[3] if c.value == "行政村代码")
    cell.value = "神秘代号"


def another_citys(book: openpyxl.Workbook) -> None:
    for row in book.worksheets[0].iter_rows(min_row=4):
        for cell in row:
            if str(cell.value).startswith("451002"):
                cell.value = f"450125{str(cell.value)[6:]}"
            elif cell.value == "右江区":
                cell.value = "上林县"


def far_below(book: openpyxl.Workbook) -> None:
    book.worksheets[0].cell(1_048_570, 1).value = " "


def survey() -> bytes:
    return (DEMO / SURVEY).read_bytes()


def half_recoded() -> bytes:
    text = survey().decode("gb18030")
    return text[:20_000].encode("utf-8") + text[20_000:].encode("gb18030")


#: File, what it holds, and what must be said beside its name: place, trouble, remedy.
BAD: dict[str, tuple[str, Callable[[], bytes], list[str]]] = {
    "truncated": (
        REGISTER,
        lambda: (DEMO / REGISTER).read_bytes()[:60_000],
        ["cut off or damaged", "send it again"],
    ),
    "two encodings": (SURVEY, half_recoded, ["row 1", "cannot be decoded", "as UTF-8"]),
    "a sheet missing": (
        REGISTER,
        spoilt(lambda book: book.remove(book["人员表"]), REGISTER),
        ["no sheet 人员表", "ask the county"],
    ),
    "a header nobody knows": (
        LEDGER,
        spoilt(header_nobody_knows),
        ["sheet 村台账, row 3", "神秘代号", "add a line"],
    ),
    "empty workbook": (LEDGER, lambda: b"", ["the file is empty", "send it again"]),
    "empty csv": (SURVEY, lambda: b"", ["the file is empty", "send it again"]),
    "headers alone": (
        SURVEY,
        lambda: survey().split(b"\n", 1)[0],
        ["row 2", "no row of data", "send it again"],
    ),
    "another city's": (
        LEDGER,
        spoilt(another_citys),
        ["sheet 村台账, row 4", "county that is not known", "send the file back"],
    ),
    "a million blank rows": (
        LEDGER,
        spoilt(far_below),
        ["sheet 村台账, row 1048570", "delete them"],
    ),
    "csv called xlsx": (LEDGER, survey, ["csv text, not an .xlsx workbook", "save it as .xlsx"]),
    "xlsx called csv": (
        SURVEY,
        lambda: (DEMO / LEDGER).read_bytes(),
        ["an .xlsx workbook, not csv text", "export the survey"],
    ),
    "another county's name": (
        "上林县村台账2016年6月.xlsx",
        lambda: (DEMO / LEDGER).read_bytes(),
        ["does not tell which county", "rename the file"],
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_named_with_place_and_remedy(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, made, words = BAD[kind]
    (tmp_path / name).write_bytes(made())
    assert cli.main(["check", str(tmp_path / name)]) == 1
    out = capsys.readouterr().out
    assert f"{name}: CANNOT BE USED" in out
    assert "to do:" in out
    assert "Traceback" not in out
    for word in words:
        assert word in out


def test_a_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "nowhere/file.xlsx"]) == 1
    assert "no such file" in capsys.readouterr().out


def test_one_bad_file_does_not_keep_the_others_from_being_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / SURVEY).write_bytes(b"")
    shutil.copy(DEMO / LEDGER, tmp_path)
    assert cli.main(["check", str(tmp_path / SURVEY), str(tmp_path / LEDGER)]) == 1
    assert f"{LEDGER}: can be used" in capsys.readouterr().out


def test_two_files_of_one_county_and_kind_are_told_apart_by_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    both = [tmp_path / LEDGER, tmp_path / LEDGER.replace("6月", "6月（改）")]
    for path in both:
        shutil.copy(DEMO / LEDGER, path)
    assert cli.main(["check", *map(str, both)]) == 1
    out = capsys.readouterr().out
    assert "右江区 sent 2 files of one kind" in out
    assert all(path.name in out for path in both)


def test_only_duplicates_are_set_aside_with_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = list(csv.reader(survey().decode("gb18030").splitlines()))
    with (tmp_path / SURVEY).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([rows[0], *[rows[1]] * 50])
    assert cli.main(["check", str(tmp_path / SURVEY)]) == 0
    out = capsys.readouterr().out
    assert "50 rows, 1 kept, 49 quarantined" in out
    assert "49 rows are duplicates" in out


def test_the_log_of_a_check_that_fails_goes_where_it_can(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from povexit import clean

    def unforeseen(_: Path) -> str:
        raise ZeroDivisionError("nobody thought of this")

    monkeypatch.setattr(clean, "check_file", unforeseen)
    assert cli.main(["check", str(DEMO / LEDGER)]) == 1
    log = Path(capsys.readouterr().err.rsplit("details are in ", 1)[1].strip())
    assert not log.is_relative_to(store.root())
    log.unlink()
