"""A real browser for tests: Debian's Chromium, driven by `browser/room.mjs`, from which nothing outside can be reached.

`Room` is one browser; the fixture ``browser`` (conftest) starts it once for a run. `Page` is a tab of it, with the
methods of Playwright that are listed in `room.mjs`. `Room.audit` looks at many pages and `faults` says in sentences
what it found. The two packages of npm are installed once, from the lock, into ``.contrechamp/``.
"""

import contextlib
import functools
import hashlib
import http.server
import json
import os
import re
import selectors
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = Path(__file__).with_name("browser")
MINUTES = 15  # far above any order, twenty long pages on a busy machine included; a hanging browser must end some day
KEPT = {"mode", "theme"}  # what the theme stores by itself: light or dark


def give_up(reason: str, *, offline: bool = False) -> None:
    """Skip, or fail on a server of continuous integration, where the browser must be there."""
    if os.environ.get("CI") and not (offline and os.environ.get("CONTRECHAMP_OFFLINE")):
        pytest.fail(f"pages must be seen in a browser here: {reason}")
    pytest.skip(reason)


def chromium() -> str:
    """Return the program, or skip."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return found or give_up("Chromium is not installed (Debian: apt-get install chromium)")


def node() -> str:
    """Return the program, or skip; Playwright asks for version 20."""
    found = shutil.which("node")
    if found is None or shutil.which("npm") is None:
        return give_up("node and npm are not installed (https://nodejs.org, version 20 or newer)")
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    if int(re.match(r"v(\d+)", told)[1]) < 20:
        return give_up(f"node is {told.strip()}; version 20 or newer is needed")
    return found


def packages() -> Path:
    """Return the folder that holds ``node_modules`` as `package-lock.json` says, installed when it is not there."""
    lock = SCRIPTS / "package-lock.json"
    target = ROOT / ".contrechamp" / f"browser-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    if (target / "node_modules").is_dir():
        return target
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="browser-", ignore_cleanup_errors=True) as name:
        folder = Path(name, "new")
        folder.mkdir()
        for source in (lock, SCRIPTS / "package.json"):
            shutil.copy(source, folder)
        network = "--offline" if os.environ.get("CONTRECHAMP_OFFLINE") else "--prefer-offline"
        command = [shutil.which("npm") or "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", network]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if "error" in line][:3]
            give_up("npm could not install playwright-core and axe-core: " + " ".join(lines), offline=True)
        with contextlib.suppress(OSError):  # somebody else was as quick
            folder.rename(target)
    return target


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine only; gives the address, without a slash at its end."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Room:
    """One browser. Use it as a context manager."""

    def __init__(self) -> None:
        program, places = node(), {"CONTRECHAMP_CHROMIUM": chromium(), "CONTRECHAMP_NODE": str(packages())}
        self.process = subprocess.Popen(
            [program, str(SCRIPTS / "room.mjs")], env={**os.environ, **places}, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", bufsize=1,
        )  # fmt: skip
        self.lines = selectors.DefaultSelector()
        self.lines.register(self.process.stdout, selectors.EVENT_READ)
        self.numbers = iter(range(1, 1_000_000))

    def __enter__(self) -> "Room":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for stream in (self.process.stdout, self.process.stderr):
            stream.close()

    def order(self, what: str, *args: object, page: int | None = None) -> Any:
        """Send an order and return its answer; an error of the browser fails the test."""
        self.process.stdin.write(json.dumps({"do": what, "args": args, "page": page}) + "\n")
        self.process.stdin.flush()
        if not self.lines.select(MINUTES * 60):
            self.process.kill()
            pytest.fail(f"the browser did not answer in {MINUTES} minutes: {what} {args}")
        line = self.process.stdout.readline()
        if not line:
            pytest.fail(f"the browser ended: {self.process.stderr.read()[-2000:]}")
        answer = json.loads(line)
        if "error" in answer:
            pytest.fail(f"{what} {args}: {answer['error']}")
        return answer["value"]

    def open(self, address: str | None = None, **options: object) -> "Page":
        """Open a tab with a profile of its own.

        Parameters
        ----------
        address : str, optional
            Page to go to.
        **options
            ``width`` and ``height`` in CSS pixels, ``javascript``, ``scheme`` (``light`` or ``dark``), ``lang``,
            ``touch``.
        """
        page = Page(self, next(self.numbers))
        page.order("open", options)
        if address:
            page.goto(address)
        return page

    def audit(self, addresses: Sequence[str], **options: object) -> list[dict[str, Any]]:
        """Look at pages and return what `audit.mjs` found, one record a page, in the same order.

        Parameters
        ----------
        addresses : sequence of str
            Addresses, on this machine.
        **options
            ``slides``: show all slides of a deck at once; ``wide_only``: leave the narrow windows out.
        """
        told: list[dict[str, Any]] = []
        for start in range(0, len(addresses), 20):  # so that no answer takes minutes
            part = [{"address": address, **options} for address in addresses[start : start + 20]]
            told += self.order("audit", {"pages": part})
        return told

    def without_scripts(self, addresses: Sequence[str]) -> list[dict[str, Any]]:
        """Return for each page what is there to read when scripts are turned off."""
        return self.order("without_scripts", {"pages": [{"address": address} for address in addresses]})


class Page:
    """A tab. Methods not written here are those of Playwright's page and locators (see `room.mjs`)."""

    def __init__(self, room: Room, number: int) -> None:
        self.room, self.number = room, number

    def order(self, what: str, *args: object) -> Any:
        return self.room.order(what, *args, page=self.number)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return functools.partial(self.order, re.sub(r"_(\w)", lambda m: m[1].upper(), name))

    def __enter__(self) -> "Page":
        return self

    def __exit__(self, *_: object) -> None:
        self.order("close")

    def wait_for(self, expression: str, milliseconds: int = 15000) -> None:
        """Wait until a JavaScript expression is true."""
        self.order("wait_for", expression, milliseconds)

    def screenshot(self, path: Path, full: bool = False) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.order("screenshot", str(path), full)

    def focused(self) -> str:
        """Return what has the focus, as its name for people; empty for nothing."""
        return self.evaluate(
            "(() => { const e = document.activeElement; if (!e || e === document.body) return '';"
            " return (e.getAttribute('aria-label') || e.innerText || e.labels?.[0]?.innerText || e.value || e.outerHTML"
            ").trim().replace(/\\s+/g, ' ').slice(0, 120); })()"
        )

    def focus_shows(self) -> bool:
        """Say whether the element with the focus stands inside the window, is not covered, and is marked."""
        return self.evaluate(
            "(() => { const e = document.activeElement; if (!e || e === document.body) return false;"
            " const shown = e.matches('input[type=radio], input[type=checkbox]') && e.labels?.length ? e.labels[0] : e;"
            " const s = getComputedStyle(e); const box = shown.getClientRects()[0] ?? e.getBoundingClientRect();"
            " const x = Math.min(Math.max(box.left + Math.min(box.width, 40) / 2, 1), innerWidth - 2);"
            " const y = Math.min(Math.max(box.top + Math.min(box.height, 24) / 2, 1), innerHeight - 2);"
            " const there = document.elementFromPoint(x, y); const inside = box.bottom > 0 && box.top < innerHeight;"
            " const open = there && (shown.contains(there) || there.contains(shown));"
            " const marked = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== 'none';"
            " return Boolean(inside && open && marked); })()"
        )


def faults(told: dict[str, Any], lang: str | None = None) -> list[str]:
    """Return what an audit of a page found, as sentences; an empty list is a page without a fault.

    Parameters
    ----------
    told : dict
        A record of `Room.audit`.
    lang : str, optional
        Language that the page must say it is in.
    """
    if "crash" in told:
        return [f"the page was not read: {told['crash']}"]
    found = [f"outside request: {address}" for address in sorted(set(told["outside"]))]
    found += [f"outside address in the head: {hint}" for hint in told["hints"]]
    found += [f"console: {text}" for text in told["console"] + told["errors"]]
    found += [f"not found: {text}" for text in told["failed"]]
    for look, rules in told["axe"].items():
        for rule in rules:
            first = rule["nodes"][0]
            found.append(f"axe, {look}: {rule['id']} ({rule['count']}): {first['html']} {first['why']}")
    found += [f"picture: {each['why']} ({each['alt'] or each['source']})" for each in told["pictures"]]
    found += [f"{width} pixels: {text}" for width, texts in told["lost"].items() for text in texts]
    found += [f"structure: {text}" for text in told["structure"]]
    found += [
        f"keyboard{', dark' if stop.get('dark') else ''}: {stop['why']}: {stop['element']}" for stop in told["stops"]
    ]
    if not told["title"].strip():
        found.append("no title")
    if lang and told["lang"].split("-")[0] != lang:
        found.append(f"the page says it is in {told['lang'] or 'no language'}, not in {lang}")
    storage = told["storage"]
    kept = set(storage["local"]) - KEPT | set(storage["session"]) | set(storage["cookies"])
    return found + [f"stored in the browser: {key}" for key in sorted(kept)]
