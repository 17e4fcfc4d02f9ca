"""What every test may count on: no display, one thread, no language or home from outside, no particular folder.

Nothing heavy is imported here: a single test must start at once.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent

# Kernels and subprocesses inherit these. One thread per library: two cores are shared, and sums keep their order.
os.environ["MPLBACKEND"] = "Agg"
os.environ.update({f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")})
for _name in ("CONTRECHAMP_LANG", "CONTRECHAMP_HOME", "CONTRECHAMP_INTERACTIVE"):
    os.environ.pop(_name, None)

# The same examples on every machine, no wall clock, nothing stored in the folder that tests happen to run from.
hypothesis.settings.register_profile(
    "contrechamp",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)
hypothesis.settings.load_profile("contrechamp")

# What a build or a run needs; the environment, the history and the tests themselves are left behind.
COPIED = ("src", "notebooks", "exercises", "datasets", "locale", "guide")
COPIED_FILES = ("pyproject.toml", "uv.lock", "requirements.txt", "README.md", "LICENSE", "LICENSE-content")


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository. Read it, never write into it."""
    return ROOT


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path_factory, monkeypatch):
    """Start each test in an empty folder, so that nothing works only from the root of the repository."""
    folder = tmp_path_factory.getbasetemp() / "empty"
    folder.mkdir(exist_ok=True)
    monkeypatch.chdir(folder)


# The lessons that a copy keeps: enough to plant any defect, and a copy does not grow with the course.
KEPT = ("00", "02")
_CACHES = ("__pycache__", ".ipynb_checkpoints", "*.egg-info")
_ROOMS_OF_LESSONS = {"notebooks", "exercises", "locale", "results", "checks", "quizzes"}


def _left_out(folder: str, names: list[str]) -> set[str]:
    """Name what a copy leaves behind: caches, and what belongs to other lessons than those kept."""
    caches = shutil.ignore_patterns(*_CACHES)(folder, names)
    if not _ROOMS_OF_LESSONS & set(Path(folder).relative_to(ROOT).parts):
        return caches
    return caches | {name for name in names if re.match(r"(\d\d|L\d)[_.]", name) and name[:2] not in KEPT}


def copy_repository(target: Path, *, whole: bool = False) -> Path:
    """Copy what a build needs to `target`, with the lessons of `KEPT` only unless `whole`, and return it."""
    left_out = shutil.ignore_patterns(*_CACHES) if whole else _left_out
    target.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target / name, ignore=left_out, dirs_exist_ok=True)
    for name in COPIED_FILES:
        if (ROOT / name).is_file():
            shutil.copy2(ROOT / name, target / name)
    for path in (ROOT / "slides").glob("*/*" if whole else "*/class_45*"):  # what lessons link; no sources of decks
        (target / "slides" / path.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target / "slides" / path.parent.name / path.name)
    return target


@pytest.fixture
def repository(tmp_path, monkeypatch) -> Path:
    """A copy of the repository that a test may damage; the library looks there through ``CONTRECHAMP_HOME``."""
    copy = copy_repository(tmp_path / "repository")
    monkeypatch.setenv("CONTRECHAMP_HOME", str(copy))
    return copy


def isolation() -> tuple[list[str] | None, str]:
    """Return a command that starts another without any network but loopback, or a reason why there is none."""
    if not sys.platform.startswith("linux"):
        return None, "network namespaces exist on Linux only"
    script = [sys.executable, str(ROOT / "tests" / "kernel_guard" / "only_loopback.py")]
    for tool in (["unshare", "-rn"], ["bwrap", "--dev-bind", "/", "/", "--unshare-net"]):
        if shutil.which(tool[0]):
            command = [*tool, *script] if tool[0] == "unshare" else tool  # bwrap brings loopback up by itself
            tried = subprocess.run([*command, "true"], capture_output=True, check=False)
            if tried.returncode == 0:
                return command, ""
    return None, "neither unshare nor bwrap may make a network namespace here"


@pytest.fixture(scope="session")
def isolated() -> list[str]:
    """A command that starts another where only the machine itself can be reached; skipped where there is none."""
    command, reason = isolation()
    if command is None:
        pytest.skip(reason)
    return command


@pytest.fixture(scope="session")
def web_site(tmp_path_factory) -> Path:
    """The whole site in both languages, as `contrechamp site` writes it. Read it only: all workers share it."""
    from filelock import FileLock

    if "CONTRECHAMP_WEB_SITE" in os.environ:  # one that you built, with --url https://course.example/, to save minutes
        return Path(os.environ["CONTRECHAMP_WEB_SITE"])
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    place = shared / "web_site"
    with FileLock(str(place) + ".lock"):
        if not place.is_dir():
            command = [sys.executable, "-m", "contrechamp.cli", "site", "--output", str(place)]
            command += ["--url", "https://course.example/"]
            done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=ROOT, check=False)
            assert done.returncode == 0, done.stderr
    return place


@pytest.fixture(scope="session")
def browser():
    """A real browser that reaches nothing outside (`browser_room.Room`); skipped, on CI failed, where there is none."""
    from browser_room import Room

    with Room() as room:
        yield room


# Lines that tests want printed at the end of the run: {title: [line, …]}.
REPORTS = pytest.StashKey[dict[str, list[str]]]()


def pytest_configure(config):
    config.stash[REPORTS] = {}
    # Another day for the tests and all that they call in this process: CONTRECHAMP_FAKED_DATE=2027-12-01.
    if day := os.environ.get("CONTRECHAMP_FAKED_DATE"):
        import time_machine

        time_machine.travel(f"{day}T12:00:00Z", tick=True).start()


@pytest.fixture(scope="session")
def report(pytestconfig):
    """Call ``report(title, lines)`` to print a table after the results."""

    def add(title: str, lines: list[str]) -> None:
        pytestconfig.stash[REPORTS][title] = list(lines)

    return add


def pytest_terminal_summary(terminalreporter, config):
    for title, lines in config.stash[REPORTS].items():
        terminalreporter.section(title)
        for line in lines:
            terminalreporter.write_line(line)
