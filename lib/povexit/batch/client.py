"""papermill's client for a forked process; plain papermill where that cannot be.

The cells' outputs are put together by papermill's and nbclient's own code: only the way
from and to the kernel differs.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
import uuid
from pathlib import Path
from typing import Any

from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine
from papermill.iorw import write_ipynb
from papermill.log import logger
from papermill.utils import remove_args

from povexit.batch import forking, kernel, zygote

#: A cell with this tag has the notebook run in a real kernel, which widgets talk to.
WIDGETS = "widgets"


class Engine(NBClientEngine):
    """Runs a notebook in a forked process; keeps it if it breaks off."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, keep: str = "", **given: Any
    ) -> None:
        """Run all cells; ``given`` are the options of `NBClientEngine`."""
        plain = why_plain(nb_man.nb, kernel_name)
        if plain:
            logger.warning("%s: run by plain papermill, which is slower", plain)
            if is_own(kernel_name):
                given["kernel_manager_class"] = own_kernel_manager()
        run = super().execute_managed_notebook if plain else _run_forked
        try:
            run(nb_man, kernel_name, **given)
        except Exception:
            # written at each cell, as papermill does by itself, it costs a fifth of a report
            if keep:
                write_ipynb(nb_man.nb, keep)
            raise


def why_plain(notebook: Any, kernel_name: str) -> str:
    """Return why a notebook cannot run in a forked process, or nothing."""
    if not forking.can_fork():
        return "processes cannot be forked on this system"
    if not is_own(kernel_name):
        return f"the kernel {kernel_name} is not this Python"
    if any(WIDGETS in cell.metadata.get("tags", []) for cell in notebook.cells):
        return f"a cell is tagged {WIDGETS}"
    return ""


def is_own(kernel_name: str) -> bool:
    """Tell whether a kernel's name means this very Python."""
    return kernel_name in ("", "python3", "python")


def _run_forked(
    nb_man: Any,
    kernel_name: str,
    start_timeout: int = 60,
    execution_timeout: int | None = None,
    **given: Any,
) -> None:
    options = remove_args(["input_path"], **given)
    # times to the millisecond are nobody's concern, and never twice the same
    options = {"record_timing": False, "timeout": execution_timeout, "log": logger, **options}
    Client(nb_man, kernel_name=kernel_name, **options).execute()


def own_kernel_manager() -> type:
    """Return a kernel manager that starts this very Python and needs no free port.

    A ``python3`` kernel found in the user's folder may be another Python; and two
    kernels started at once may pick the same TCP port, or the same socket name.
    """
    from ipykernel.kernelspec import get_kernel_dict
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager
    from jupyter_core.paths import jupyter_runtime_dir

    class OwnKernelManager(AsyncKernelManager):
        transport = "ipc"

        def _ip_default(self) -> str:
            return str(Path(jupyter_runtime_dir()) / uuid.uuid4().hex[:12])

        @property
        def kernel_spec(self) -> KernelSpec:
            made = get_kernel_dict()
            return KernelSpec(**{**made, "argv": [sys.executable, *made["argv"][1:]]})

    return OwnKernelManager


class Client(PapermillNotebookClient):
    """Runs cells in a forked process instead of a kernel behind sockets."""

    def execute(self, **_: Any) -> Any:
        """Run all cells up to the first that fails; return the notebook."""
        self.reset_execution_trackers()
        folder = self.resources.get("metadata", {}).get("path") or Path.cwd()
        self._process = zygote.start(kernel.serve, str(folder), seed(self.nb))
        try:
            self.papermill_execute_cells()
            self.nb.metadata["language_info"] = dict(kernel.LANGUAGE)
        finally:
            self._process.kill()
        return self.nb

    def execute_cell(self, cell: Any, cell_index: int, **_: Any) -> Any:
        """Run one cell and put its outputs in it.

        Raises
        ------
        CellExecutionError
            If it fails and is not tagged to be allowed to.
        DeadKernelError, CellTimeoutError
            If the process dies, or does not end in time.
        """
        tags = cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or self.skip_cells_with_tag in tags:
            return cell
        cell.outputs = []
        self.clear_before_next_output = False
        reply = self._reply(cell, cell_index)
        allowed = self.allow_errors or "raises-exception" in tags
        if reply["status"] == "error" and not allowed:
            raise CellExecutionError.from_cell_and_msg(cell, reply)
        return cell

    def _reply(self, cell: Any, index: int) -> dict[str, Any]:
        """Send a cell, take in its outputs, return the last message's content."""
        end = time.monotonic() + self.timeout if self.timeout else None
        try:
            self._process.connection.send_bytes(cell.source.encode("utf-8"))
            while True:
                message = self._message(cell, end)
                if message["msg_type"] == "reply":
                    return dict(message["content"])
                self.process_message(message, cell, index)
        except (EOFError, ConnectionError) as error:
            raise DeadKernelError("Kernel died") from error

    def _message(self, cell: Any, end: float | None) -> dict[str, Any]:
        left = None if end is None else max(0.0, end - time.monotonic())
        if not self._process.connection.poll(left):
            raise CellTimeoutError.error_from_timeout_and_cell(
                "Cell execution timed out", self.timeout, cell
            )
        return dict(json.loads(self._process.connection.recv_bytes()))


def seed(notebook: Any) -> int:
    """Return a number that depends on a notebook's parameters and on nothing else."""
    given = notebook.metadata.get("papermill", {}).get("parameters", {})
    text = json.dumps(given, sort_keys=True, default=str)
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:8], "big")
