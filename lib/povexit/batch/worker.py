"""One notebook run by papermill, then its page, in a process of their own.

Nothing here touches a published path: the executed notebook and its page are
written into a working folder, checked, and left for the parent to publish. So
a crash at any instant leaves what was published as it was.
"""

from __future__ import annotations

import os
import re
import resource
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from povexit import store
from povexit.batch import engine
from povexit.batch.warm import skip_slow_grammar
from povexit.errors import PovexitError, StoreError

if TYPE_CHECKING:
    from povexit.publish import Page

TOLD = re.compile(r"^  (where|expected|found|to do): +(.*)$")
PARTS = {"to do": "hint"}
#: What stays of papermill's own remarks on a notebook.
STEADY = ("parameters", "version")
INJECTED = "injected-parameters"
#: A cell that takes longer hangs: at full scale the slowest takes about two minutes.
LONGEST_CELL_SECONDS = 3600
ENDED_FROM_OUTSIDE = {
    "problem": "the process that ran the notebook was ended from outside",
    "hint": "most often memory ran out: close other programs, or run with --jobs 1",
}


@dataclass(frozen=True)
class Task:
    """One notebook to run.

    Attributes
    ----------
    name
        What it makes, and the stem of its files: ``county_451021``.
    notebook
        The notebook with its ``parameters`` cell.
    parameters
        What is injected; text only, so that nothing changes type on the way.
    page
        How to publish it; None if its results are tables.
    longest
        Seconds that one cell may take.
    """

    name: str
    notebook: Path
    parameters: dict[str, str]
    page: Page | None = None
    longest: int = LONGEST_CELL_SECONDS


@dataclass(frozen=True)
class Result:
    """How a task went.

    Attributes
    ----------
    name
        The task's.
    seconds
        How long it took.
    error
        The parts of a `PovexitError`, if it failed.
    trace
        For the log, if it failed.
    peak_mb
        The most memory that one of its processes held, in MB.
    """

    name: str
    seconds: float
    error: dict[str, str] | None = None
    trace: str = ""
    peak_mb: int = 0


def run(task: Task, work: str, home: str) -> Result:
    """Run one task; every failure becomes part of the result.

    Parameters
    ----------
    task
        What to run.
    work
        A folder on the disk of the reports; ``<name>.ipynb`` and ``<name>.html`` appear there.
    home
        The project's folder, named from the root.
    """
    os.environ["POVEXIT_HOME"] = home  # for the notebook, too
    return attempt(task.name, partial(_run, task, Path(work)))


def attempt(name: str, work: Callable[[], object]) -> Result:
    """Do some work and return how it went; every failure becomes part of the result."""
    start = time.perf_counter()
    error, trace = None, ""
    try:
        work()
    except Exception as problem:
        error, trace = told(problem), traceback.format_exc()
    return Result(name, time.perf_counter() - start, error, trace, _peak_mb())


def _peak_mb() -> int:
    """Return the most memory that this process, or one it waited for, held."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(one).ru_maxrss for one in who) // 1024


def _run(task: Task, work: Path) -> None:
    notebook = work / f"{task.name}.ipynb"
    _execute(task, notebook)
    settle(check_complete(notebook), notebook)
    if task.page is not None:
        from povexit import publish

        publish.render(notebook, work / f"{task.name}.html", task.page)


def _execute(task: Task, out: Path) -> None:
    skip_slow_grammar()
    import papermill

    papermill.engines.papermill_engines.register("povexit", engine)
    papermill.execute_notebook(
        str(task.notebook),
        str(out),
        engine_name="povexit",
        keep=str(out),
        parameters=dict(task.parameters),
        kernel_name="python3",
        language="python",
        # papermill's own cwd changes the whole process's
        resources={"metadata": {"path": str(task.notebook.parent)}},
        progress_bar=False,
        request_save_on_cell_execute=False,
        autosave_cell_every=0,
        execution_timeout=task.longest,
        shutdown_kernel="immediate",
    )


def settle(notebook: Any, path: Path) -> None:
    """Write an executed notebook without what differs from run to run: times, folders, chance.

    So the same inputs give the same bytes, and no page tells of the machine it was made on.
    """
    import nbformat

    told = notebook.metadata.get("papermill", {})
    notebook.metadata["papermill"] = {k: told[k] for k in STEADY if k in told}
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        if INJECTED in cell.metadata.get("tags", []):
            cell["id"] = INJECTED
    store.write_atomic(path, nbformat.writes(notebook) + "\n")


def check_complete(path: Path) -> Any:
    """Return an executed notebook; raise unless every code cell of it ran to its end.

    Raises
    ------
    StoreError
        If a cell did not run: such a notebook would make a page that looks complete.
    """
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    code = [c for c in notebook.cells if c.cell_type == "code" and c.source.strip()]
    waiting = [c for c in code if c.execution_count is None]
    if waiting or notebook.metadata.get("papermill", {}).get("exception"):
        raise StoreError(
            "the notebook did not run to its end",
            where=path.name,
            expected=f"{len(code)} cells",
            found=f"{len(code) - len(waiting)} cells",
            hint="run the same command again",
        )
    return notebook


def told(error: BaseException) -> dict[str, str]:
    """Return the parts of an error in a clerk's words.

    An error of this package raised inside a notebook comes back as text; its parts are
    read from that text again. Any other error names the notebook's cell and is for the
    maintainer.
    """
    if isinstance(error, PovexitError):
        return parts_of(str(error))
    name, value = getattr(error, "ename", None), str(getattr(error, "evalue", error))
    if name in _own_errors():
        return parts_of(value)
    cell = getattr(error, "exec_count", None)
    return _told_by_system(error) or {
        "problem": "an unexpected error stopped the notebook",
        "where": f"cell {cell}" if cell else "outside the cells",
        "found": f"{name or type(error).__name__}: {value.splitlines()[0] if value else ''}",
        "hint": "send error.log and the notebook beside it to whoever maintains povexit",
    }


def _told_by_system(error: BaseException) -> dict[str, str] | None:
    """Return the parts of an error that is not the notebook's own: memory, time, disk."""
    if isinstance(error, TimeoutError):
        return {
            "problem": "the notebook did not get on, and was ended",
            "found": str(error).splitlines()[0],
            "hint": "run the same command again; if it happens again, send error.log and the"
            " notebook beside it to whoever maintains povexit",
        }
    if isinstance(error, OSError):
        return {
            "problem": "could not write the notebook's results",
            "found": error.strerror or str(error),
            "hint": "free some space or check the folder's rights, then run the same command again",
        }
    from nbclient.exceptions import DeadKernelError

    return ENDED_FROM_OUTSIDE if isinstance(error, DeadKernelError) else None


def _own_errors() -> set[str]:
    return {"PovexitError", *(kind.__name__ for kind in PovexitError.__subclasses__())}


def parts_of(text: str) -> dict[str, str]:
    """Return the parts of a `PovexitError` from its text.

    Examples
    --------
    >>> parts_of("sheet missing\\n  where:    右江区.xlsx\\n  to do:    ask again")
    {'problem': 'sheet missing', 'where': '右江区.xlsx', 'hint': 'ask again'}
    """
    parts = {"problem": ""}
    last = "problem"
    for line in text.splitlines():
        if found := TOLD.match(line):
            last = PARTS.get(found[1], found[1])
            parts[last] = found[2]
        else:
            parts[last] = f"{parts[last]}\n{line}".strip()
    return parts
