"""Cells run here, in a process forked for one notebook: an IPython shell at a pipe.

It sends what a Jupyter kernel sends (streams, displays, results, errors) and needs no
sockets, no ports and no event loop. The process is one notebook's, so nothing that one
does reaches another.
"""

from __future__ import annotations

import gc
import io
import json
import os
import platform
import random
import sys
import threading
import time
from multiprocessing.connection import Connection
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.jsonutil import json_default
from traitlets import Any as AnyTrait
from traitlets import Type
from traitlets.config import Config

from povexit.batch.forking import WATCH_SECONDS

#: Text a cell may print; what comes after is counted and left out.
LONGEST_TEXT = 1_000_000
FLUSH_AT = 65_536
#: How often garbage is looked for: a notebook leaves little, and by Python's own measure
#: looking took a twentieth of a report's time.
RARELY = (50_000, 20, 100)
LANGUAGE = {
    "name": "python",
    "version": platform.python_version(),
    "mimetype": "text/x-python",
    "codemirror_mode": {"name": "ipython", "version": 3},
    "pygments_lexer": "ipython3",
    "nbconvert_exporter": "python",
    "file_extension": ".py",
}


def serve(connection: Connection, folder: str, seed: int) -> None:
    """Run cells as they come, until the other end closes.

    Parameters
    ----------
    connection
        Source of a cell in; messages as JSON out, the last of a cell of kind ``reply``.
    folder
        Working directory of the notebook.
    seed
        For the global random generators, so that the same parameters give the same numbers.
    """
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    os.chdir(folder)
    sys.path.insert(0, "")
    _seed(seed)
    wire = Wire(connection)
    sys.stdout, sys.stderr = Stream("stdout", wire), Stream("stderr", wire)
    gc.set_threshold(*RARELY)
    own = shell()
    own.wire = wire
    own.enable_matplotlib("inline")
    while True:
        try:
            source = connection.recv_bytes().decode("utf-8")
        except EOFError:
            return
        wire.reply(own.run(source))


def _end_with(parent: int) -> None:
    """End when the process that reads the outputs does, even amid a long computation."""
    while os.getppid() == parent:
        time.sleep(WATCH_SECONDS)
    os._exit(1)


def _seed(seed: int) -> None:
    import numpy as np

    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002 - the one a notebook may use unawares


def shell() -> ZMQInteractiveShell:
    """Return this process's shell; the warm process makes it, what is forked takes it over."""
    config = Config()
    # no history: it would start a thread and write a database
    config.HistoryManager.enabled = False
    return ZMQInteractiveShell.instance(config=config)


class Wire:
    """The way out: text is gathered and keeps its place among what is displayed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.RLock()
        self._name = "stdout"
        self._parts: list[str] = []
        self._waiting = self._printed = 0

    def write(self, name: str, text: str) -> None:
        """Add printed text; beyond `LONGEST_TEXT` it is only counted."""
        with self._lock:
            if name != self._name:
                self.flush()
                self._name = name
            kept = text[: max(0, LONGEST_TEXT - self._printed)]
            self._printed += len(text)
            self._parts.append(kept)
            self._waiting += len(kept)
            if self._waiting > FLUSH_AT:
                self.flush()

    def flush(self) -> None:
        """Send the text gathered so far."""
        with self._lock:
            text = "".join(self._parts)
            self._parts, self._waiting = [], 0
            if text:
                self._send("stream", {"name": self._name, "text": text})

    def send(self, kind: str, content: dict[str, Any]) -> None:
        """Send a message after the text that came before it."""
        with self._lock:
            self.flush()
            self._send(kind, content)

    def reply(self, content: dict[str, Any]) -> None:
        """Send the last message of a cell."""
        with self._lock:
            self.flush()
            if self._printed > LONGEST_TEXT:
                left = self._printed - LONGEST_TEXT
                text = f"\n… {left} more characters were printed and are left out\n"
                self._send("stream", {"name": "stderr", "text": text})
            self._printed = 0
            self._send("reply", content)

    def _send(self, kind: str, content: dict[str, Any]) -> None:
        message = {
            "header": {"msg_type": kind},
            "msg_type": kind,
            "content": content,
            "metadata": {},
            "parent_header": {},
        }
        text = json.dumps(message, ensure_ascii=False, default=json_default)
        self._connection.send_bytes(text.encode("utf-8", "surrogatepass"))


class Stream(io.TextIOBase):
    """Standard output or error of a notebook."""

    encoding = "utf-8"

    def __init__(self, name: str, wire: Wire) -> None:
        self.name = name
        self._wire = wire

    def write(self, text: str) -> int:
        """Print text."""
        self._wire.write(self.name, text)
        return len(text)

    def flush(self) -> None:
        """Do nothing: text goes out with what is displayed next, or when it is much."""

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True


class Hook(DisplayHook):
    """Sends the value of a cell's last line."""

    shell: Any

    def write_output_prompt(self) -> None:
        """Print no prompt: the count goes with the result."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        """Send a value in all its representations."""
        self.shell.wire.send(
            "execute_result",
            {
                "data": format_dict,
                "metadata": md_dict or {},
                "execution_count": self.prompt_count,
            },
        )


class Publisher(DisplayPublisher):
    """Sends what `display` is given."""

    def publish(
        self,
        data: Any,
        metadata: Any = None,
        source: Any = None,
        *,
        transient: Any = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        """Send an object in all its representations."""
        self.shell.wire.send(
            "update_display_data" if update else "display_data",
            {"data": data, "metadata": metadata or {}, "transient": transient or {}},
        )

    def clear_output(self, wait: bool = False) -> None:
        """Have the cell's outputs taken back."""
        self.shell.wire.send("clear_output", {"wait": wait})


class ZMQInteractiveShell(InteractiveShell):
    """IPython whose outputs go to the wire.

    Its name is the one by which pandas, rich and others tell a notebook from a terminal.
    """

    wire = AnyTrait()
    kernel = None
    displayhook_class = Type(Hook)
    display_pub_class = Type(Publisher)

    def run(self, source: str) -> dict[str, Any]:
        """Run a cell; return how it went, as a kernel's reply does."""
        self.wire.send("execute_input", {"code": source, "execution_count": self.execution_count})
        self._told: dict[str, Any] = {}
        result = self.run_cell(source, store_history=True)
        if result.success:
            return {"status": "ok"}
        error = result.error_before_exec or result.error_in_exec
        plain = {"ename": type(error).__name__, "evalue": str(error), "traceback": []}
        return {"status": "error", **(self._told or plain)}

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        self._told = {"ename": etype.__name__, "evalue": str(evalue), "traceback": stb}
        self.wire.send("error", dict(self._told))

    def enable_gui(self, gui: Any = None) -> None:
        """Do nothing: there is no window."""
