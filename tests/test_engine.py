"""Notebooks run in forked processes show what plain papermill shows, and nothing of one another."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import nbformat
import pytest

from povexit.batch import client, forking, kernel, warm, zygote
from povexit.batch.pool import ForkExecutor

ROOT = Path(__file__).parents[1]
ANSI = re.compile(r"\x1b\[[0-9;]*m")
ADDRESS = re.compile(r"0x[0-9a-f]+")
CELLS = [
    "print('one'); print('two', end='')",
    "import sys\nprint('to error', file=sys.stderr)\nprint('and out')",
    "import pandas as pd\npd.DataFrame({c * 12: [1.5, None] for c in 'abcdefghij'})",
    "from IPython.display import HTML, Markdown, display\ndisplay(HTML('<b>田阳</b>'), Markdown('# x'))",
    "handle = display('first', display_id=True)\nhandle.update('second')",
    "from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('stays')",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2], [3, 4])",
    "import asyncio\nawait asyncio.sleep(0)\n'awaited'",
    "%%bash\necho from the shell",
    "1 + 1;",
    "_",
    "'田' * n",
    "import os\nos.getcwd()",
    "!echo out",
    "raise ValueError('meant')",
]


def _notebook(folder: Path, cells: list[str], tags: dict[int, list[str]] | None = None) -> Path:
    made = nbformat.v4.new_notebook()
    made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    parameters = nbformat.v4.new_code_cell("n = 1", metadata={"tags": ["parameters"]})
    made.cells = [parameters, *(nbformat.v4.new_code_cell(cell) for cell in cells)]
    for number, names in (tags or {}).items():
        made.cells[number + 1].metadata["tags"] = names
    path = folder / "in.ipynb"
    nbformat.write(made, path)
    return path


def _by_hand(
    path: Path, *given: str, entry: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run papermill's command line as a person does."""
    out = path.with_name("out.ipynb")
    paths = [*([str(entry)] if entry else []), str(ROOT / "lib"), os.environ.get("PYTHONPATH", "")]
    return subprocess.run(
        [sys.executable, "-m", "papermill", str(path), str(out), *given],
        env={**os.environ, **warm.ENVIRONMENT, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        capture_output=True,
        text=True,
        check=False,
        cwd=path.parent,
    )


@pytest.fixture(scope="module")
def entry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The entry points as pyproject.toml has them, whatever is installed."""
    folder = tmp_path_factory.mktemp("entry")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    about = folder / "povexit_here-0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: povexit-here\nVersion: 0\n")
    lines = [f"{k} = {v}" for k, v in project["entry-points"]["papermill.engine"].items()]
    (about / "entry_points.txt").write_text("\n".join(["[papermill.engine]", *lines]) + "\n")
    return folder


def shown(path: Path) -> list[list[Any]]:
    """Return what each code cell shows; printed text first, as its place depends on time."""
    return [_outputs(cell) for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]


def _outputs(cell: Any) -> list[Any]:
    printed = {"stdout": "", "stderr": ""}
    found: list[Any] = []
    for output in cell.outputs:
        if output.output_type == "error":
            trace = ANSI.sub("", "\n".join(output.traceback))
            found.append(("error", output.ename, output.evalue, trace))
        elif output.output_type == "stream":
            printed[output.name] += output.text
        else:
            count = output.get("execution_count")
            data = {kind: ADDRESS.sub("0x", str(text)) for kind, text in output.data.items()}
            found.append((output.output_type, count, data, dict(output.metadata)))
    return [printed, *found]


def test_papermill_by_hand_shows_the_same_with_and_without_the_engine(
    tmp_path: Path, entry: Path
) -> None:
    path = _notebook(tmp_path, CELLS, {0: ["x"]})
    said = {}
    for engine in ([], ["--engine", "povexit"]):
        done = _by_hand(path, *engine, "-p", "n", "3", entry=entry)
        assert "ValueError" in done.stderr, done.stderr
        assert done.returncode
        said[len(engine)] = shown(path.with_name("out.ipynb"))
    for source, plain, warmly in zip(["n = 1", "n = 3", *CELLS], said[0], said[2], strict=False):
        assert warmly == plain, source
    assert len(said[2]) == len(said[0])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("m", "3"), "did you mean"),
        (("n", "three"), "found:    str: 'three'"),
        (("n=1;import os", "3"), "a parameter's name is not a name"),
    ],
)
def test_papermill_by_hand_is_refused_what_the_notebook_does_not_take(
    tmp_path: Path, entry: Path, given: tuple[str, str], told: str
) -> None:
    path = _notebook(tmp_path, ["open('ran', 'w').close()"])
    path.write_text(path.read_text().replace("n = 1", "number = 0\\nm1 = n = 1"))
    done = _by_hand(path, "--engine", "povexit", "-p", *given, entry=entry)
    assert done.returncode
    assert told in done.stderr
    assert not (tmp_path / "ran").exists()


@pytest.fixture(scope="module")
def warm_one() -> Iterator[zygote.Zygote]:
    """A warm process beside this one."""
    made = zygote.Zygote()
    yield made
    made.close()


class Kernel:
    """A forked kernel, cell by cell."""

    def __init__(self, beside: zygote.Zygote, folder: Path, seed: int = 1) -> None:
        self.process = beside.start(kernel.serve, str(folder), seed)

    def run(self, source: str) -> list[dict[str, Any]]:
        """Run a cell; return its messages."""
        self.process.connection.send_bytes(source.encode())
        messages = [json.loads(self.process.connection.recv_bytes())]
        while messages[-1]["msg_type"] != "reply":
            messages.append(json.loads(self.process.connection.recv_bytes()))
        return messages

    def value(self, source: str) -> str:
        """Return the text of a cell's last line."""
        (found,) = (m for m in self.run(source) if m["msg_type"] == "execute_result")
        return str(found["content"]["data"]["text/plain"])


def test_the_warm_process_has_one_thread_and_no_polars(
    warm_one: zygote.Zygote, tmp_path: Path
) -> None:
    one = Kernel(warm_one, tmp_path)
    assert one.value("import sys; 'polars' in sys.modules") == "False"
    assert one.value("'geopandas' in sys.modules and 'povexit.maps' in sys.modules") == "True"
    task = Path(f"/proc/{os.getpid()}/task")
    if task.is_dir():
        parent = one.value("import os; os.getppid()")
        assert len(list(Path(f"/proc/{parent}/task").iterdir())) == 1
    one.process.kill()


SPOIL = """
import os, random, sys, warnings
import matplotlib as mpl, numpy as np, pandas as pd
leak = 1
mpl.rcParams["font.size"] = 99
pd.set_option("display.max_rows", 1)
pd.DataFrame.head = None
os.environ["POVEXIT_LEAK"] = "1"
os.chdir("/")
sys.path.insert(0, "/leak")
sys.stdout = None
"""
CLEAN = (
    "import os, sys; import matplotlib as mpl, pandas as pd;"
    "['leak' in globals(), mpl.rcParams['font.size'] == 99, pd.get_option('display.max_rows') == 1,"
    "pd.DataFrame.head is None, 'POVEXIT_LEAK' in os.environ, os.getcwd() == '/',"
    "'/leak' in sys.path]"
)


def test_nothing_a_notebook_does_reaches_the_next(warm_one: zygote.Zygote, tmp_path: Path) -> None:
    first = Kernel(warm_one, tmp_path)
    first.run(SPOIL)
    second = Kernel(warm_one, tmp_path)
    assert second.value(CLEAN) == str([False] * 7)
    first.process.kill()
    second.process.kill()


def test_random_numbers_depend_on_the_parameters_alone(
    warm_one: zygote.Zygote, tmp_path: Path
) -> None:
    draw = "import random, numpy as np; (random.random(), np.random.random())"
    drawn = []
    for seed in (1, 1, 2):
        one = Kernel(warm_one, tmp_path, seed)
        drawn.append(one.value(draw))
        one.process.kill()
    assert drawn[0] == drawn[1] != drawn[2]
    given = [
        nbformat.from_dict({"metadata": {"papermill": {"parameters": p}}})
        for p in ({"a": 1}, {"a": 2})
    ]
    assert client.seed(given[0]) != client.seed(given[1])


def test_polars_works_in_what_is_forked_however_files_are_closed(
    warm_one: zygote.Zygote, tmp_path: Path
) -> None:
    one = Kernel(warm_one, tmp_path)
    made = "import gc, polars as pl; pl.DataFrame({'a': range(9)}).write_parquet('a.parquet')"
    assert one.run(made)[-1]["content"]["status"] == "ok"
    again = (
        "[pl.scan_parquet('a.parquet').collect().height + 0 * gc.collect() for _ in range(20)][-1]"
    )
    assert one.value(again) == "9"
    one.process.kill()


def test_a_forked_process_has_no_files_of_its_parent(
    warm_one: zygote.Zygote, tmp_path: Path
) -> None:
    one = Kernel(warm_one, tmp_path)
    opened = one.value(
        "import os; sorted({os.readlink(f'/proc/self/fd/{n}').split(':')[0]"
        " for n in os.listdir('/proc/self/fd') if os.path.exists(f'/proc/self/fd/{n}')"
        " or os.path.islink(f'/proc/self/fd/{n}')})"
    )
    assert opened.count("socket") == 1
    assert "pipe" not in opened
    one.process.kill()


def test_text_without_end_is_cut_off_and_counted(warm_one: zygote.Zygote, tmp_path: Path) -> None:
    one = Kernel(warm_one, tmp_path)
    *messages, reply = one.run("for _ in range(30): print('x' * 99_999)")
    texts = [m["content"]["text"] for m in messages if m["msg_type"] == "stream"]
    assert reply["content"]["status"] == "ok"
    assert sum(map(len, texts)) < kernel.LONGEST_TEXT + 200
    assert "2000000 more characters" in texts[-1]
    one.process.kill()


@pytest.mark.parametrize(
    ("source", "match"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "DeadKernelError"),
        ("import os; os._exit(7)", "DeadKernelError"),
        ("import ctypes; ctypes.string_at(0)", "DeadKernelError"),
        ("raise SystemExit(3)", "SystemExit"),
    ],
)
def test_a_process_that_dies_is_an_error_and_keeps_what_came_before(
    tmp_path: Path, entry: Path, source: str, match: str
) -> None:
    path = _notebook(tmp_path, ["print('before')", source, "print('after')"])
    done = _by_hand(path, "--engine", "povexit", entry=entry)
    assert done.returncode
    assert match in done.stderr
    text = path.with_name("out.ipynb").read_text(encoding="utf-8")
    assert "before\\n" in text
    assert "after\\n" not in text


def test_a_cell_that_may_fail_does_not_end_the_notebook(tmp_path: Path, entry: Path) -> None:
    path = _notebook(tmp_path, ["1 / 0", "'went on'"], {0: ["raises-exception"]})
    _by_hand(path, "--engine", "povexit", entry=entry)
    assert "went on" in path.with_name("out.ipynb").read_text(encoding="utf-8")


WIDGET = "import ipywidgets\nslider = ipywidgets.IntSlider(3)\nslider"


def test_a_notebook_tagged_for_widgets_has_a_real_kernel(tmp_path: Path, entry: Path) -> None:
    path = _notebook(tmp_path, [WIDGET], {0: ["widgets"]})
    done = _by_hand(path, "--engine", "povexit", entry=entry)
    assert done.returncode == 0, done.stderr
    assert "a cell is tagged widgets: run by plain papermill" in done.stderr
    made = nbformat.read(path.with_name("out.ipynb"), 4)
    assert "application/vnd.jupyter.widget-view+json" in made.cells[-1].outputs[0].data
    assert made.metadata.widgets


def test_where_nothing_can_be_forked_papermill_runs_as_it_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = nbformat.v4.new_notebook()
    assert client.why_plain(made, "python3") == ""
    assert "kernel ir is not" in client.why_plain(made, "ir")
    monkeypatch.setattr(forking, "can_fork", lambda: False)
    assert "cannot be forked" in client.why_plain(made, "python3")


# -- the executor ------------------------------------------------------------------------


def test_what_ends_one_call_ends_no_other() -> None:
    with ForkExecutor(2) as executor:
        dies = executor.submit(os._exit, 3)
        lives = [executor.submit(pow, 2, n) for n in range(4)]
        assert [one.result() for one in lives] == [1, 2, 4, 8]
        with pytest.raises(forking.ProcessEnded):
            dies.result()


def test_an_error_comes_back_as_it_was() -> None:
    with ForkExecutor(1) as executor, pytest.raises(ZeroDivisionError):
        executor.submit(divmod, 1, 0).result()


def test_a_warm_process_that_is_killed_is_replaced_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(zygote, "LONGEST_SCRATCH", 1000)
    with ForkExecutor(1) as executor:
        warm_process = executor.submit(os.getppid).result()
        os.kill(warm_process, signal.SIGKILL)
        time.sleep(0.2)
        assert executor.submit(os.getppid).result() != warm_process
        assert len(list(tmp_path.iterdir())) == 1
    assert not list(tmp_path.iterdir())


def test_an_executor_that_is_stopped_ends_what_runs() -> None:
    executor = ForkExecutor(1)
    running = executor.submit(time.sleep, 600)
    waiting = executor.submit(pow, 2, 2)
    while not running.running():
        time.sleep(0.01)
    executor.shutdown(cancel_futures=True)
    with pytest.raises(forking.ProcessEnded):
        running.result()
    with pytest.raises(CancelledError):
        waiting.result()


def test_the_environment_is_the_one_of_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    with ForkExecutor(1) as executor:
        for home in ("/one", "/two"):
            monkeypatch.setenv("POVEXIT_HOME", home)
            assert executor.submit(os.getenv, "POVEXIT_HOME").result() == home
        assert executor.submit(os.getenv, "PYTHONHASHSEED").result() == "0"
