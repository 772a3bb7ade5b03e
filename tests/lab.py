"""A real JupyterLab on a copy of the notebooks, watched from a real browser.

The server and its kernels get proxies that only write down who asked: whatever would leave
the machine is seen, from the browser or from behind it, and goes nowhere.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

ROOT = Path(__file__).parents[1]
MONTH = "2016-06"
LOCAL = ("127.0.0.1", "localhost")
#: The settings `make lab` gives JupyterLab: where it opens, and that it asks nobody for news.
SETTINGS = ROOT / ".jupyter"
#: Seconds a notebook may take on a busy machine before the browser gives up.
PATIENCE = 420


class Recorder(threading.Thread):
    """A proxy that answers nobody and remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.asked: list[str] = []
        self.door = socket.create_server((LOCAL[0], 0))
        self.start()

    @property
    def url(self) -> str:
        """The proxy's address."""
        return f"http://{LOCAL[0]}:{self.door.getsockname()[1]}"

    def run(self) -> None:
        """Take requests until the door is closed."""
        while True:
            try:
                caller, _ = self.door.accept()
            except OSError:
                return
            with caller:
                caller.settimeout(2)
                with contextlib.suppress(OSError):
                    self.asked.append(caller.recv(200).decode("latin-1").splitlines()[0])


@dataclass
class Lab:
    """A running JupyterLab.

    Attributes
    ----------
    home
        Its project folder, a copy.
    url, token
        Where it answers, and to whom.
    outside
        What server and kernels asked of other machines.
    """

    home: Path
    url: str
    token: str
    outside: list[str] = field(default_factory=list)

    def address(self, notebook: str) -> str:
        """Return where a notebook is opened in a workspace of its own."""
        name = Path(notebook).stem.replace("_", "-")
        return f"{self.url}/lab/workspaces/{name}/tree/notebooks/{notebook}?token={self.token}"


def project(home: Path) -> Path:
    """Make a project with the notebooks and a month's tables, computed if they are not here."""
    shutil.copytree(ROOT / "notebooks", home / "notebooks", ignore=shutil.ignore_patterns(".ip*"))
    (home / "data").mkdir()
    (home / "reports").mkdir()
    (home / "data" / "raw").symlink_to(ROOT / "data" / "raw")
    there = ROOT / "data" / "processed"
    if (there / "decisions_summary" / f"month={MONTH}").is_dir():
        shutil.copytree(there, home / "data" / "processed")
    else:
        command = [sys.executable, "-m", "povexit.cli", "run", "--month", MONTH]
        subprocess.run(command, check=True, env={**os.environ, "POVEXIT_HOME": str(home)})
    return home


def _free_port() -> int:
    with socket.create_server((LOCAL[0], 0)) as door:
        return int(door.getsockname()[1])


@contextlib.contextmanager
def running(home: Path) -> Iterator[Lab]:
    """Run JupyterLab on a random local port, and end it."""
    recorder, port, token = Recorder(), _free_port(), secrets.token_hex(16)
    lab = Lab(home, f"http://{LOCAL[0]}:{port}", token, recorder.asked)
    proxies = dict.fromkeys(
        ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), recorder.url
    )
    local = {n: ",".join(LOCAL) for n in ("NO_PROXY", "no_proxy")}
    own = {f"JUPYTER_{n}_DIR": str(home / f".{n.lower()}") for n in ("CONFIG", "DATA", "RUNTIME")}
    environment = {**os.environ, **proxies, **local, **own, "POVEXIT_HOME": str(home)}
    environment["JUPYTER_CONFIG_PATH"] = str(SETTINGS)
    environment["IPYTHONDIR"] = str(home / ".ipython")
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--ServerApp.root_dir={home}", f"--ServerApp.port={port}", "--ip=127.0.0.1"]
    command += [f"--IdentityProvider.token={token}", "--LabApp.expose_app_in_browser=True"]
    log = (home / "lab.log").open("w")
    server = subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=log)
    try:
        _wait(lab, server)
        yield lab
    finally:
        server.terminate()
        server.wait(timeout=60)
        log.close()
        recorder.door.close()


def _wait(lab: Lab, server: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        if server.poll() is not None:
            break
        with contextlib.suppress(OSError), urlopen(f"{lab.url}/api?token={lab.token}") as answer:
            if answer.status == 200:
                return
        time.sleep(0.5)
    raise RuntimeError((lab.home / "lab.log").read_text(encoding="utf-8"))


def is_outside(url: str) -> bool:
    """Tell whether a request would leave the machine."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in LOCAL


class Watched:
    """A page that notes errors on its console and lets no request leave the machine."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.errors: list[str] = []
        self.outside: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.route("**/*", self._asked)

    def _said(self, message: Any) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def _asked(self, route: Any) -> None:
        if is_outside(route.request.url):
            self.outside.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    def open(self, lab: Lab, notebook: str) -> None:
        """Open a notebook and wait until its kernel can be asked."""
        self.page.goto(lab.address(notebook))
        self.page.wait_for_function(_READY, timeout=PATIENCE * 1000)

    def run_all(self) -> None:
        """Run all cells and wait for the last."""
        self.page.set_default_timeout(PATIENCE * 1000)
        self.page.evaluate(_RUN)
        self.page.wait_for_function("() => window.done", timeout=PATIENCE * 1000)

    def end(self) -> None:
        """End the notebook's kernel, which would keep its memory otherwise."""
        self.page.evaluate(_END)

    def settle(self) -> None:
        """Wait until the kernel has nothing left to do and what it said is drawn."""
        self.page.wait_for_timeout(500)
        self.page.wait_for_function(_READY, timeout=PATIENCE * 1000)
        self.page.wait_for_timeout(300)

    def cells(self) -> list[dict[str, Any]]:
        """Return the notebook's cells with their outputs."""
        found: list[dict[str, Any]] = self.page.evaluate(_CELLS)
        return found

    def replace(self, before: str, after: str) -> None:
        """Write something else into the cell that holds a text."""
        at = next(i for i, c in enumerate(self.cells()) if before in "".join(c["source"]))
        source = "".join(self.cells()[at]["source"]).replace(before, after)
        self.page.evaluate(_WRITE, [at, source])

    def scroll_to(self, text: str) -> None:
        """Bring a cell whose source holds a text into view, so that its output is drawn."""
        at = next(i for i, c in enumerate(self.cells()) if text in "".join(c["source"]))
        self.page.evaluate(_SCROLL, at)


_WIDGET = "window.jupyterapp.shell.currentWidget"
_READY = (
    "() => { const app = window.jupyterapp; if (!app) return false;"
    " const w = app.shell.currentWidget;"
    " return !!(w && w.sessionContext && w.context && w.context.isReady"
    " && w.sessionContext.isReady && w.sessionContext.session"
    " && w.sessionContext.session.kernel"
    " && w.sessionContext.session.kernel.status === 'idle'); }"
)
_RUN = (
    "() => { window.done = false;"
    " window.jupyterapp.commands.execute('notebook:run-all-cells')"
    ".then(() => { window.done = true; }); }"
)
_CELLS = f"() => {_WIDGET}.content.model.toJSON().cells"
_SCROLL = f"async (at) => {{ await {_WIDGET}.content.scrollToItem(at, 'start'); }}"
_WRITE = f"([at, text]) => {{ {_WIDGET}.content.model.cells.get(at).sharedModel.setSource(text); }}"
_END = f"async () => {{ const w = {_WIDGET}; if (w && w.sessionContext) await w.sessionContext.shutdown(); }}"
