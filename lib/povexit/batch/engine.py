"""papermill's engine ``povexit``: ``papermill --engine povexit in.ipynb out.ipynb``.

The module itself is the engine, as papermill calls no more than these three functions. It
imports papermill only when it is called, because papermill imports it while it is itself
being imported.
"""

from __future__ import annotations

from typing import Any


def execute_notebook(nb: Any, kernel_name: str, **given: Any) -> Any:
    """Run a notebook's cells in a process forked for it; return the executed notebook.

    Parameters
    ----------
    nb
        The notebook with its parameters injected.
    kernel_name
        The kernel it asks for; one that is not Python's is run as papermill does.
    given
        papermill's own options, and ``keep``: where the notebook is kept if it breaks off.

    Raises
    ------
    UnknownNameError, StoreError
        Before anything starts, if the notebook does not declare a parameter it was given, or
        declares it of another type.
    nbclient.exceptions.DeadKernelError, nbclient.exceptions.CellTimeoutError
        If the process dies, or a cell takes too long.
    """
    from povexit.batch.client import Engine
    from povexit.batch.declared import check_injected

    check_injected(nb, str(given.get("input_path") or "the notebook"))
    return Engine.execute_notebook(nb, kernel_name, **given)


def nb_kernel_name(nb: Any, name: str | None = None) -> str:
    """Return the kernel that a notebook asks for."""
    from papermill.utils import nb_kernel_name as asked

    return str(asked(nb, name))


def nb_language(nb: Any, language: str | None = None) -> str:
    """Return the language that a notebook is written in."""
    from papermill.utils import nb_language as asked

    return str(asked(nb, language))
