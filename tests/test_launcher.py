"""course.py: finds or fetches uv, sets up, hands over, and says plainly what is wrong."""

import ast
import hashlib
import importlib.util
import io
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path

import pytest
from conftest import copy_repository

from contrechamp import cli, language

posix = pytest.mark.skipif(os.name != "posix", reason="stands in for uv with a shell script")


@pytest.fixture
def course(root, tmp_path, monkeypatch):
    """course.py as a module that believes to live in an empty folder."""
    spec = importlib.util.spec_from_file_location("course", root / "course.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    home = tmp_path / "course"
    home.mkdir()
    shutil.copy(root / "pyproject.toml", home)
    monkeypatch.setattr(module, "ROOT", str(home))
    monkeypatch.setattr(module, "PRIVATE", str(home / ".contrechamp"))
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    return module


def fake_uv(folder: Path, sync: str = "exit 0", run: str = "exit 0", version: str = "0.13.9") -> Path:
    """Write a shell script that answers as uv does and notes its arguments in the file `calls` beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / "uv"
    script.write_text(
        f'#!/bin/sh\ncase "$1" in --version) echo "uv {version} (test)"; exit 0;; esac\n'
        f'echo "$@" >> "{folder}/calls"\nenv > "{folder}/environment"\n'
        f'case "$1" in sync) {sync};; run) {run};; esac\n'
    )
    script.chmod(script.stat().st_mode | stat.S_IEXEC)
    return script


def start(root: Path, uv: Path | None, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run course.py of the repository with nothing but a stand-in uv on the PATH."""
    return subprocess.run(
        [sys.executable, str(root / "course.py"), *arguments],
        env={"PATH": f"{uv.parent if uv else ''}:/usr/bin:/bin", "LANG": "en_GB.UTF-8", **environ},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


def test_the_file_parses_as_python_3_6(root):
    ast.parse((root / "course.py").read_text(encoding="utf-8"), feature_version=(3, 6))


def old_pythons() -> list[str]:
    """Interpreters older than the course supports, wherever this machine has them."""
    found = [shutil.which(name) for name in ("python2.7", "python3.6", "python3.7", "python3.8", "python3.9")]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found += [
        str(path) for version in ("2.7", "3.6", "3.7", "3.8", "3.9") for path in pyenv.glob(f"{version}*/bin/python")
    ]
    return [path for path in found if path and subprocess.run([path, "-V"], capture_output=True).returncode == 0]


def test_an_old_python_runs_the_file_or_is_told_to_be_too_old(root):
    pythons = old_pythons()
    if not pythons:
        pytest.skip("no Python older than 3.10 on this machine")
    for python in pythons:
        done = subprocess.run([python, str(root / "course.py")], capture_output=True, encoding="utf-8")
        too_old = "2.7" in python
        assert done.returncode == (2 if too_old else 0), (python, done.stderr)
        assert ("too old" in done.stderr) == too_old, python
        assert "Traceback" not in done.stderr


def test_without_arguments_it_says_what_can_be_typed_and_sets_nothing_up(root, tmp_path):
    done = start(root, None)
    assert done.returncode == 0
    assert "course.py lab" in done.stdout and "course.py test" in done.stdout


def test_it_knows_the_commands_of_the_command_line(course):
    assert cli._parser(str)[1].keys() == set(course.COMMANDS)
    assert set(course.GROUPS) <= set(course.COMMANDS)


def test_an_unknown_command_is_told_before_anything_is_installed(course, capfd):
    assert course.main(["labb"]) == 2
    known = ", ".join(course.COMMANDS)
    assert capfd.readouterr().err == f"There is no command labb. Known: {known}.\n"
    assert not Path(course.PRIVATE).exists()


@posix
@pytest.mark.parametrize(
    ("arguments", "groups"),
    [
        (["lab", "--lang", "fr"], ""),
        (["run", "02"], ""),
        (["--help"], ""),
        (["test", "--fast"], " --group test"),
        (["build"], " --group authors"),
        (["slides", "class_45"], " --group print"),
        (["quiz-export", "02"], " --group print"),
        (["kit", "--age", "16"], " --group print"),
        (["before-after", "x.csv"], " --group authors"),
        (["sheets"], " --group print"),
        (["site"], " --group site"),
        (["translate", "02"], " --group authors"),
    ],
)
def test_it_syncs_from_the_lock_then_runs_the_command(root, tmp_path, arguments, groups):
    uv = fake_uv(tmp_path / "bin", run="exit 7")
    done = start(root, uv, *arguments, VIRTUAL_ENV="/elsewhere", PYTHONPATH="/elsewhere", PYTHONHOME="")
    assert done.returncode == 7, "the status is that of the command"
    assert (uv.parent / "calls").read_text().splitlines() == [
        f"sync --locked --inexact --project {root}{groups}",
        f"run --no-sync --project {root} contrechamp {' '.join(arguments)}",
    ]
    assert "/elsewhere" not in (uv.parent / "environment").read_text(), "another active environment must not slip in"


# What uv 0.13.9, pip and urllib really said (shortened), and the sentence that it deserves.
SAID = [
    ("error: Failed to download `idna==3.20`\n  cause: client error (Connect)\n  cause: dns error", "network"),
    ("error: Failed to download\n  cause: Network connectivity is disabled, but the requested data wasn't", "network"),
    ("<urlopen error [Errno -3] Temporary failure in name resolution>", "network"),
    ("error: Failed to download\n  cause: tunnel error: proxy authorization required", "proxy"),
    ("error: Failed to download\n  cause: tunnel error: failed to create underlying connection", "proxy"),
    (
        "error: Failed to download\n  cause: client error (Connect)\n  cause: invalid peer certificate: UnknownIssuer",
        "proxy",
    ),
    ("<urlopen error [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed>", "proxy"),
    ("HTTP Error 403: Forbidden", "proxy"),
    ("error: Failed to download `x`\n  cause: failed to write: No space left on device (os error 28)", "full"),
    ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "full"),
    ("error: failed to create directory `/x/v3`: Read-only file system (os error 30)", "readonly"),
    ("error: failed to create file: Permission denied (os error 13)", "readonly"),
    ("error: Failed to download `idna==3.20`\n  cause: Hash mismatch for `idna==3.20`", "hash"),
    ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "hash"),
    ("error: The lockfile at `uv.lock` needs to be updated, but `--locked` was provided.", "lock"),
    ("error: Failed to parse `uv.lock`\n  cause: TOML parse error at line 24, column 7", "damaged"),
    ("error: Failed to parse: pyproject.toml\n  cause: TOML parse error", "damaged"),
    ("error: No interpreter found for Python >=3.11, <3.15 in managed installations or search path", "python"),
    ("error: Request failed\n  cause: Failed to download `https://github.com/x/python-build-standalone/y`", "python"),
    ("error: something new", "unknown"),
]


@pytest.mark.parametrize(("said", "why"), SAID)
def test_what_a_tool_says_gets_its_plain_sentence(course, said, why):
    assert course.explain(said) == why


@posix
@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize(("said", "why"), SAID)
def test_a_failed_set_up_is_a_sentence_and_no_stack(course, tmp_path, monkeypatch, capfd, said, why, lang):
    message = tmp_path / "said"
    message.write_text(said)
    uv = fake_uv(tmp_path / "bin", sync=f'cat "{message}" >&2; exit 2')
    monkeypatch.setenv("PATH", f"{uv.parent}:/usr/bin:/bin")
    assert course.main(["lab", "--lang", lang]) == 2
    err = capfd.readouterr().err
    expected = course.WORDS[lang][why].format(host="pypi.org", wanted=">=3.11,<3.15", system="")
    assert err.startswith(expected), err
    assert said.splitlines()[0] in err, "what the tool said stays visible for whoever helps"
    assert "Traceback" not in err


@posix
def test_when_the_network_is_off_the_cache_is_tried(course, tmp_path, monkeypatch, capfd):
    uv = fake_uv(
        tmp_path / "bin", sync='case "$*" in *--offline*) exit 0;; *) echo "error: x: dns error" >&2; exit 2;; esac'
    )
    monkeypatch.setenv("PATH", f"{uv.parent}:/usr/bin:/bin")
    assert course.main(["stale"]) == 0
    assert capfd.readouterr().err == ""


def test_both_languages_say_the_same_things(course):
    assert course.WORDS["en"].keys() == course.WORDS["fr"].keys()
    assert {why for why, _ in course.SIGNS} < course.WORDS["en"].keys()
    for why, sentence in course.WORDS["en"].items():
        assert sorted(re.findall(r"{\w+}", sentence)) == sorted(re.findall(r"{\w+}", course.WORDS["fr"][why])), why


@pytest.mark.parametrize(
    "environ",
    [
        {"LANG": "fr_FR.UTF-8"},
        {"LANG": "en_GB.UTF-8"},
        {"LANG": "de_DE.UTF-8"},
        {"LANG": "C.UTF-8"},
        {"LANGUAGE": "fr:en", "LANG": "en_GB.UTF-8"},
        {"LC_ALL": "fr_CA", "LANG": "en_GB.UTF-8"},
        {"LC_MESSAGES": "en_GB", "LANG": "fr_FR"},
        {},
    ],
)
def test_it_decides_the_language_as_the_library_does(course, monkeypatch, environ):
    monkeypatch.delenv("LANG")
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert course.language([], environ) == language.system()


def test_a_language_asked_for_wins(course):
    french, english = {"LANG": "fr_FR.UTF-8"}, {"LANG": "en_GB.UTF-8", "CONTRECHAMP_LANG": "fr"}
    assert course.language(["lab", "--lang", "en"], french) == "en"
    assert course.language(["lab", "--lang=en"], french) == "en"
    assert course.language(["lab"], english) == "fr"
    assert course.language(["lab", "--lang"], french) == "fr", "a missing value is for contrechamp to complain of"


@posix
def test_accents_survive_a_bare_locale(root, tmp_path):
    done = start(root, None, LC_ALL="C", CONTRECHAMP_LANG="fr", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert "exécuter la leçon" in done.stdout


def wheel_of(script: str) -> bytes:
    """Return a wheel as uv's are, holding a shell script."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("uv-0.13.9.data/scripts/uvx", "no")
        archive.writestr("uv-0.13.9.data/scripts/uv", script)
    return content.getvalue()


@pytest.fixture
def served(course, tmp_path, monkeypatch):
    """No uv on the PATH, no pip; a wheel with a stand-in uv in a folder instead of PyPI."""
    wheel = wheel_of('#!/bin/sh\necho "uv 0.13.9"\n')
    (tmp_path / "uv.whl").write_bytes(wheel)
    monkeypatch.setattr(course, "FILES", tmp_path.as_uri() + "/")
    monkeypatch.setattr(course, "WHEELS", {course.system_name(): ("uv.whl", hashlib.sha256(wheel).hexdigest())})
    monkeypatch.setattr(course, "install_uv", lambda venv: False)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    return tmp_path / "uv.whl"


@posix
def test_without_uv_and_pip_the_wheel_is_fetched_once(course, served, capfd):
    assert course.main(["stale"]) == 0
    unpacked = Path(course.PRIVATE, "uv-0.13.9", "uv")
    assert unpacked.stat().st_mode & stat.S_IXUSR
    served.unlink()
    assert course.main(["stale"]) == 0, "the second start fetches nothing"
    assert capfd.readouterr().err.count("Fetching") == 1


@posix
def test_a_wheel_with_another_hash_is_not_used(course, served, capfd):
    served.write_bytes(wheel_of('#!/bin/sh\necho "uv 0.13.9"\ntouch run\n'))
    assert course.main(["stale"]) == 2
    assert course.WORDS["en"]["hash"] in capfd.readouterr().err
    assert not list(Path(course.PRIVATE).rglob("uv"))


def test_a_system_without_a_wheel_is_told_to_install_uv(course, served, monkeypatch, capfd):
    monkeypatch.setattr(course, "WHEELS", {})
    assert course.main(["stale"]) == 2
    assert "Install uv yourself" in capfd.readouterr().err


@posix
@pytest.mark.parametrize("script", ["#!/bin/sh\nexit 127\n", '#!/bin/sh\necho "uv 0.4.30"\n', "not a program"])
def test_a_uv_on_the_path_that_is_old_or_does_not_run_is_passed_over(course, served, monkeypatch, tmp_path, script):
    poor = tmp_path / "poor"
    poor.write_text(script)
    poor.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda name: str(poor))
    assert course.find_uv(course.WORDS["en"]) == str(Path(course.PRIVATE, "uv-0.13.9", "uv"))


def test_a_folder_that_may_not_be_written_is_a_sentence(course, served, monkeypatch, capfd):
    def refuse(path):
        raise PermissionError(13, "Permission denied", path)  # chmod would not stop root

    monkeypatch.setattr(os, "makedirs", refuse)
    assert course.main(["stale"]) == 2
    assert course.WORDS["en"]["readonly"] in capfd.readouterr().err


def test_there_is_a_pinned_wheel_for_each_system_of_the_lock(course):
    needed = {"linux-x86_64", "linux-aarch64", "darwin-arm64", "windows-amd64"}
    assert needed <= course.WHEELS.keys()
    for name, digest in course.WHEELS.values():
        assert f"/uv-{course.UV}-py3-none-" in name and re.fullmatch(r"[0-9a-f]{64}", digest)


@posix
def test_ending_the_launcher_ends_the_course(root, tmp_path):
    uv = fake_uv(tmp_path / "bin", run=f'echo $$ > "{tmp_path}/pid"; exec sleep 60')
    process = subprocess.Popen(
        [sys.executable, str(root / "course.py"), "lab"], env={"PATH": f"{uv.parent}:/usr/bin:/bin"}
    )
    for _ in range(200):
        if (tmp_path / "pid").is_file() and (tmp_path / "pid").read_text().strip():
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=20)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def online() -> bool:
    """Say whether PyPI answers."""
    try:
        urllib.request.urlopen("https://pypi.org/simple/uv/", timeout=20).close()
    except OSError:
        return False
    return True


@posix
@pytest.mark.slow
def test_from_nothing_but_python_to_a_course_that_starts_offline(root, tmp_path):
    if not online():
        pytest.skip("the package server does not answer")
    clone = tmp_path / "course"
    copy_repository(clone)
    shutil.copy(root / "course.py", clone)
    # Only the system's programs and this very Python: no uv, no pyenv.
    programs = tmp_path / "bin"
    programs.mkdir()
    for program in ("python3", f"python3.{sys.version_info[1]}"):
        (programs / program).symlink_to(Path(sys.base_prefix, "bin", program))
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("UV_", "VIRTUAL_ENV", "PYENV"))}
    environ["PATH"] = f"{programs}:/usr/bin:/bin"
    command = ["python3", str(clone / "course.py"), "--version"]
    first = subprocess.run(command, env=environ, capture_output=True, encoding="utf-8", timeout=600)
    assert first.returncode == 0 and first.stdout.startswith("contrechamp "), first.stderr
    assert (clone / ".contrechamp").is_dir(), "uv was fetched, not found"

    apart = ["unshare", "--map-root-user", "--net"]
    if not shutil.which("unshare") or subprocess.run([*apart, "true"], capture_output=True).returncode:
        pytest.skip("the network cannot be taken away here")
    second = subprocess.run([*apart, *command], env=environ, capture_output=True, encoding="utf-8", timeout=60)
    assert (second.returncode, second.stderr) == (0, "")


@pytest.mark.slow
def test_the_pinned_hashes_are_those_that_pypi_lists(course):
    try:
        with urllib.request.urlopen("https://pypi.org/simple/uv/", timeout=20) as answer:
            listed = dict(re.findall(r"([^/\"]+\.whl)#sha256=([0-9a-f]{64})", answer.read().decode()))
    except OSError:
        pytest.skip("the package server does not answer")
    for name, digest in course.WHEELS.values():
        assert listed[name.rsplit("/", 1)[-1]] == digest
    assert set(course.PIP_ALSO) <= set(listed.values())
