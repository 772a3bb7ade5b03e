"""Where people begin: the first page, a new notebook, and what leaves the machine by a commit."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from tests import test_notebooks as rules

import povexit as px
from povexit import cli, explore, store
from povexit.errors import UnknownNameError

ROOT = Path(__file__).parents[1]


@pytest.fixture
def with_notebooks(project: Path) -> Path:
    """A project that has the model notebook and one to explore with."""
    (project / "notebooks" / "explore").mkdir()
    shutil.copy(ROOT / "notebooks" / "_template.ipynb", project / "notebooks")
    shutil.copy(ROOT / "notebooks/explore/02_vietnam.ipynb", project / "notebooks/explore")
    return project


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", "还没有任何月份"), ("en", "No month has been run")]
)
def test_without_a_month_the_first_page_says_what_to_run(
    with_notebooks: Path, lang: str, words: str
) -> None:
    said = str(px.start(lang))
    assert words in said
    assert "make report" in said
    assert "povexit run --month 2016-06" in said
    assert "explore/02_vietnam.ipynb" in said


def test_with_a_month_it_lists_the_tables(with_notebooks: Path) -> None:
    villages = pd.DataFrame({"village_code": ["451022001001"], "county_code": ["451022"]})
    store.save(villages, "cleaned_villages", "2016-06", "451022")
    said = px.start("en")._repr_markdown_()
    assert "| `cleaned_villages` |" in said
    assert "2016-06" in said
    assert "The same calls on a survey from Vietnam" in said
    assert not any(ord(c) > 0x2E7F for c in said)
    assert "同样的函数" in str(px.start("zh"))


def test_a_torn_notebook_does_not_stop_the_first_page(with_notebooks: Path) -> None:
    (with_notebooks / "notebooks/explore/03_torn.ipynb").write_text("{", encoding="utf-8")
    assert "03_torn" in str(px.start("en"))


@pytest.mark.parametrize(
    ("question", "lang", "name"),
    [
        ("Why do hill villages fail?", "en", "03_why_do_hill_villages_fail.ipynb"),
        ("山区村为什么不达标？", "zh", "03_山区村为什么不达标.ipynb"),
        ("../../etc/passwd $(rm)", "en", "03_etc_passwd_rm.ipynb"),
    ],
)
def test_a_new_notebook_keeps_the_rules_of_the_house(
    with_notebooks: Path, question: str, lang: str, name: str
) -> None:
    path = explore.new_notebook(question, lang)
    assert path == with_notebooks / "notebooks" / "explore" / name
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert stored["cells"][0]["source"][0] == f"# {question}\n"
    assert f'lang = "{lang}"' in path.read_text(encoding="utf-8").replace('\\"', '"')
    for rule in (
        rules.test_a_notebook_is_stored_without_outputs,
        rules.test_one_cell_holds_the_parameters_one_a_line_with_a_remark,
        rules.test_a_notebook_defines_nothing_builds_no_path_and_sets_no_look,
        rules.test_a_cell_has_a_few_statements,
    ):
        rule(path)


def test_the_same_question_twice_makes_two_and_overwrites_none(with_notebooks: Path) -> None:
    first = explore.new_notebook("Why?", "en")
    before = first.read_bytes()
    second = explore.new_notebook("Why?", "en")
    assert first != second
    assert first.read_bytes() == before


def test_a_question_without_words_is_refused(with_notebooks: Path) -> None:
    with pytest.raises(UnknownNameError, match="needs words"):
        explore.new_notebook(" ?! ")


def test_the_command_prints_where_it_is(
    with_notebooks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["new", "How many?", "--lang", "en"]) == 0
    assert capsys.readouterr().out.strip().endswith("03_how_many.ipynb")
    assert cli.main(["new", "?"]) == 2


def test_make_lab_opens_the_start_notebook_and_installs_the_hook() -> None:
    lab = (ROOT / "Makefile").read_text(encoding="utf-8").split("\nlab:")[1].split("\n\n")[0]
    assert "JUPYTER_CONFIG_PATH=$(CURDIR)/.jupyter" in lab
    assert "hooks" in lab.splitlines()[0]
    settings = json.loads((ROOT / ".jupyter/jupyter_lab_config.json").read_text("utf-8"))
    assert settings["LabApp"]["default_url"] == "/lab/tree/notebooks/start.ipynb"
    assert (ROOT / "notebooks" / "start.ipynb").is_file()


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
    ).stdout


def test_a_saved_notebook_is_stripped_by_the_commit(tmp_path: Path) -> None:
    """What `make hooks` installs keeps outputs on the disk and out of the repository."""
    git(tmp_path, "init", "-q")
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").split("\nhooks:")[1].split("\n\n")[0]
    assert "nbstripout --install --attributes .git/info/attributes" in recipe
    command = [
        sys.executable,
        "-m",
        "nbstripout",
        "--install",
        "--attributes",
        ".git/info/attributes",
    ]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    path = tmp_path / "explored.ipynb"
    shown = {"output_type": "stream", "name": "stdout", "text": ["h1234 张三\n"]}
    stored = json.loads((ROOT / "notebooks/start.ipynb").read_text(encoding="utf-8"))
    code = next(c for c in stored["cells"] if c["cell_type"] == "code")
    code |= {"outputs": [shown], "execution_count": 7}
    path.write_text(json.dumps(stored, ensure_ascii=False), encoding="utf-8")
    git(tmp_path, "add", "explored.ipynb")
    git(tmp_path, "commit", "-qm", "explore")
    committed = git(tmp_path, "show", "HEAD:explored.ipynb")
    assert "张三" not in committed
    assert all(
        c["outputs"] == [] and c["execution_count"] is None
        for c in json.loads(committed)["cells"]
        if c["cell_type"] == "code"
    )
    assert "张三" in path.read_text(encoding="utf-8")
