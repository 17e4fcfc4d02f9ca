"""contrechamp lab: the student's folder loses nothing; JupyterLab opens in it, in one's language, and calls nobody."""

import errno
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import types
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from contrechamp import lab, workspace
from contrechamp.errors import ContrechampError

LESSON = "notebooks/fr/02_slug.ipynb"


@pytest.fixture
def home(tmp_path, root, monkeypatch):
    """A tiny checkout in two languages."""
    folder = tmp_path / "course"
    for name in ("notebooks/en/00_start_here.ipynb", "notebooks/fr/00_start_here.ipynb", LESSON):
        put(folder / name, "first version")
    put(folder / "notebooks/02_slug.md", "source")
    put(folder / "exercises/fr/solutions/02_slug.ipynb", "answers")
    put(folder / "datasets/awareness/claims.csv", "id\n")
    put(folder / "guide/care.md", "source")
    put(folder / "guide/fr/care.md", "care")
    put(folder / "notebooks/fr/.ipynb_checkpoints/02_slug.ipynb", "leftover")
    put(folder / "locale/fr/messages.po", 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n')
    monkeypatch.setenv("CONTRECHAMP_HOME", str(folder))
    return folder


@pytest.fixture
def work(tmp_path):
    return tmp_path / "work"


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def tree(folder: Path) -> dict[str, str]:
    """Return what a person sees in a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def test_lessons_exercises_data_and_the_guide_that_they_link_to_are_copied_in_both_languages(home, work):
    workspace.refresh(work)
    assert tree(work) == {
        "notebooks/en/00_start_here.ipynb": "first version",
        "notebooks/fr/00_start_here.ipynb": "first version",
        LESSON: "first version",
        "exercises/fr/solutions/02_slug.ipynb": "answers",
        "datasets/awareness/claims.csv": "id\n",
        "guide/fr/care.md": "care",
    }


def test_nothing_is_done_twice(home, work):
    assert len(workspace.refresh(work).copied) == 6
    stamp = (work / LESSON).stat().st_mtime_ns
    again = workspace.refresh(work)
    assert (again.copied, again.beside) == ([], [])
    assert (work / LESSON).stat().st_mtime_ns == stamp


def test_a_file_left_as_it_was_is_refreshed(home, work):
    workspace.refresh(work)
    put(home / LESSON, "second version")
    assert workspace.refresh(work).copied == [LESSON]
    assert tree(work)[LESSON] == "second version"


def test_a_file_that_the_student_changed_stays_and_the_new_version_goes_beside_it(home, work):
    workspace.refresh(work)
    put(work / LESSON, "my answers")
    assert workspace.refresh(work).beside == [], "no new version, nothing to say"
    put(home / LESSON, "second version")
    assert workspace.refresh(work).beside == ["notebooks/fr/02_slug.new.ipynb"]
    assert workspace.refresh(work).beside == [], "said once"
    assert tree(work)[LESSON] == "my answers"
    assert tree(work)["notebooks/fr/02_slug.new.ipynb"] == "second version"


def test_a_third_version_replaces_an_unread_second_and_no_read_one(home, work):
    workspace.refresh(work)
    put(work / LESSON, "my answers")
    for version in ("second", "third"):
        put(home / LESSON, version)
        assert workspace.refresh(work).beside == ["notebooks/fr/02_slug.new.ipynb"]
    put(work / "notebooks/fr/02_slug.new.ipynb", "my notes on the third")
    put(home / LESSON, "fourth")
    assert workspace.refresh(work).beside == ["notebooks/fr/02_slug.new-2.ipynb"]
    seen = tree(work)
    assert seen[LESSON] == "my answers"
    assert seen["notebooks/fr/02_slug.new.ipynb"] == "my notes on the third"
    assert seen["notebooks/fr/02_slug.new-2.ipynb"] == "fourth"


def test_a_file_of_the_students_own_with_the_name_of_a_new_lesson_stays(home, work):
    workspace.refresh(work)
    put(work / "notebooks/fr/03_people.ipynb", "mine")
    put(home / "notebooks/fr/03_people.ipynb", "ours")
    assert workspace.refresh(work).beside == ["notebooks/fr/03_people.new.ipynb"]
    assert tree(work)["notebooks/fr/03_people.ipynb"] == "mine"


def test_a_deleted_file_comes_back_and_a_foreign_one_stays(home, work):
    workspace.refresh(work)
    (work / LESSON).unlink()
    put(work / "diary.txt", "mine")
    assert workspace.refresh(work).copied == [LESSON]
    assert tree(work)["diary.txt"] == "mine"


@pytest.mark.parametrize("state", ["not json", "[]", '{"notebooks/fr/02_slug.ipynb": 3}', "\udcff"])
def test_with_a_damaged_state_nothing_of_the_students_is_overwritten(home, work, state):
    workspace.refresh(work)
    put(work / LESSON, "my answers")
    (work / ".contrechamp.json").write_bytes(state.encode("utf-8", "surrogateescape"))
    put(home / LESSON, "second version")
    workspace.refresh(work)
    assert tree(work)[LESSON] == "my answers"
    assert tree(work)["notebooks/fr/02_slug.new.ipynb"] == "second version"


DISK = [
    (errno.ENOSPC, "The disk is full: "),
    (errno.EDQUOT, "The disk is full: "),
    (errno.EROFS, "may not be written. Choose another folder"),
    (errno.EACCES, "may not be written. Choose another folder"),
    (errno.EIO, "could not be written (Input/output error)"),
]


@pytest.mark.parametrize(("code", "says"), DISK)
def test_a_disk_that_refuses_is_one_sentence_and_loses_nothing(home, work, monkeypatch, code, says):
    workspace.refresh(work)
    put(work / "notebooks/en/00_start_here.ipynb", "my answers")
    before = tree(work)
    put(home / LESSON, "second version")
    whole = Path.write_bytes

    def refuse(path, content):
        if "02_slug" in path.name:
            whole(path, content[:3])  # a full disk takes the beginning of a file
            raise OSError(code, os.strerror(code), str(path))
        return whole(path, content)

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(ContrechampError) as error:
        workspace.refresh(work, "en")
    assert says in str(error.value) and "othing was lost" in str(error.value)
    assert "\n" not in str(error.value)
    assert tree(work) == before
    assert not list(work.rglob("*.part")), "no half-written file stays behind"
    monkeypatch.setattr(Path, "write_bytes", whole)
    assert workspace.refresh(work).copied == [LESSON], "the next start goes on where this one stopped"


def test_a_file_in_the_way_of_a_folder_is_one_sentence(home, work):
    put(work / "notebooks", "a file")
    with pytest.raises(ContrechampError, match="is in the way"):
        workspace.refresh(work, "en")
    assert tree(work)["notebooks"] == "a file"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting needs root")
@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("unshare"), reason="needs Linux namespaces")
@pytest.mark.parametrize(("mount", "says"), [("-o size=8k", "The disk is full"), ("-o ro", "may not be written")])
def test_a_really_full_or_read_only_disk_is_one_sentence(home, tmp_path, mount, says):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "none", str(disk)], capture_output=True).returncode:
        pytest.skip("mounting is forbidden here")
    put(home / LESSON, "x" * 50_000)
    command = f"{sys.executable} -m contrechamp.cli lab --lang en --no-browser --work {disk}/work"
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", f"mount -t tmpfs {mount} none {disk} && {command}"],
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 2 and says in done.stderr and done.stderr.count("\n") == 1


def test_without_a_checkout_it_says_where_lessons_are(monkeypatch):
    monkeypatch.setattr(workspace, "home", types.SimpleNamespace(checkout=lambda: None))
    with pytest.raises(ContrechampError, match=r"python3 course\.py lab"):
        lab.main("en")


def test_a_busy_port_is_one_sentence_and_nothing_is_copied(home, work):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        with pytest.raises(ContrechampError, match=f"Port {port} is in use"):
            lab.main("en", browser=False, port=port, work=str(work))
    assert not work.exists()


def test_it_opens_on_lesson_00_even_beside_a_new_version_of_it(home, work):
    workspace.refresh(work)
    put(work / "notebooks/fr/00_start_here.new.ipynb", "newer")
    assert lab.start_page(work, "fr") == "/lab/tree/notebooks/fr/00_start_here.ipynb"
    shutil.rmtree(work / "notebooks/fr")
    assert lab.start_page(work, "fr") == "/lab/tree/notebooks/fr"


def test_menus_are_french_for_french_and_news_are_off_for_all():
    locale = "@jupyterlab/translation-extension:plugin"
    assert lab.settings("fr")[locale] == {"locale": "fr_FR"}
    assert locale not in lab.settings("en")
    for lang in ("en", "fr"):
        calm = lab.settings(lang)["@jupyterlab/apputils-extension:notification"]
        assert calm == {"fetchNews": "false", "checkForUpdates": False}


def test_nobody_is_asked_for_updates_or_extensions():
    chosen = lab.arguments(Path("w"), "en", True, None, "t")
    assert "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate" in chosen
    assert "--LabApp.extension_manager=readonly" in chosen
    assert "--ServerApp.ip=127.0.0.1" in chosen


def test_root_is_allowed_only_to_root(monkeypatch):
    for user, allowed in ((0, True), (1000, False)):
        monkeypatch.setattr(os, "geteuid", lambda user=user: user, raising=False)
        assert ("--ServerApp.allow_root=True" in lab.arguments(Path("w"), "en", True, None, "t")) == allowed


@pytest.fixture
def served(home, work, monkeypatch):
    """JupyterLab running on the tiny course in French; yields the base of its address and its token."""
    with socket.socket() as taken:  # the first port is busy, so that the next free one is looked for
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 8888))
            taken.listen()
        except OSError:  # somebody else keeps it busy, which serves as well
            taken.close()
        process = subprocess.Popen(
            [sys.executable, "-m", "contrechamp.cli", "lab", "--lang", "fr", "--no-browser", "--work", str(work)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            env={key: value for key, value in os.environ.items() if key != "OPENBLAS_NUM_THREADS"}
            | {"HOME": str(work.parent), "CONTRECHAMP_LANG": "en"},
        )
        try:
            address = next((line.strip() for line in process.stdout if "http://" in line), "")
            yield address, process
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)


def get(address: str, token: str) -> dict:
    request = urllib.request.Request(address, headers={"Authorization": f"token {token}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


@pytest.mark.skipif(os.name != "posix", reason="stops the server with SIGINT")
def test_the_server_is_local_needs_its_token_speaks_french_and_calls_nobody(served, work):
    address, process = served
    found = re.fullmatch(
        r"(http://127\.0\.0\.1:(\d+))/lab/tree/notebooks/fr/00_start_here\.ipynb\?token=(\w+)", address
    )
    assert found, address
    base, port, token = found.groups()
    assert port != "8888"
    for _ in range(100):
        try:
            get(f"{base}/api/status", token)
            break
        except urllib.error.URLError:
            time.sleep(0.1)
    with pytest.raises(urllib.error.HTTPError, match="403"):
        get(f"{base}/api/contents", "wrong")

    def setting(plugin: str, name: str) -> object:
        return get(f"{base}/lab/api/settings/{plugin}", token)["schema"]["properties"][name]["default"]

    assert setting("@jupyterlab/translation-extension:plugin", "locale") == "fr_FR"
    assert setting("@jupyterlab/apputils-extension:notification", "fetchNews") == "false"
    assert setting("@jupyterlab/apputils-extension:notification", "checkForUpdates") is False
    assert get(f"{base}/lab/api/news", token) == {"news": []}
    assert get(f"{base}/lab/api/update", token) == {"notification": None}
    with urllib.request.urlopen(f"{base}/lab?token={token}", timeout=30) as answer:
        config = json.loads(re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', answer.read().decode(), re.S)[1])
    assert config["news"] == {"disabled": True}, "an empty answer alone could mean that the network is off"
    assert not (work.parent / ".jupyter" / "lab").exists(), "the student's own Jupyter is left alone"
    kernel = run_in_kernel(base, token)
    folder = str(work / "notebooks" / "fr")
    assert kernel == {"interactive": "1", "lang": None, "threads": "1", "folder": folder, "spoken": "fr"}
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) in (0, 130)


def run_in_kernel(base: str, token: str) -> dict:
    """Start a kernel as JupyterLab does for a notebook, and ask it what it sees."""
    body = {"path": "notebooks/fr/00_start_here.ipynb", "type": "notebook", "name": "x", "kernel": {"name": "python3"}}
    request = urllib.request.Request(
        f"{base}/api/sessions",
        data=json.dumps(body).encode(),
        headers={"Authorization": f"token {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        kernel = json.load(answer)["kernel"]["id"]
    from tornado import ioloop, websocket

    code = (
        "import json, os; from contrechamp import language; print(json.dumps({"
        "'interactive': os.environ.get('CONTRECHAMP_INTERACTIVE'), 'lang': os.environ.get('CONTRECHAMP_LANG'), "
        "'threads': os.environ.get('OPENBLAS_NUM_THREADS'), 'folder': os.getcwd(), 'spoken': language.current()}))"
    )
    header = {"msg_id": "1", "username": "", "session": "s", "msg_type": "execute_request", "version": "5.3"}
    content = {"code": code, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}

    async def ask() -> dict:
        address = f"{base.replace('http', 'ws')}/api/kernels/{kernel}/channels?token={token}"
        connection = await websocket.websocket_connect(address)
        await connection.write_message(json.dumps(message))
        while True:
            answer = json.loads(await connection.read_message())
            if answer["msg_type"] == "error":
                raise AssertionError(answer["content"])
            if answer["msg_type"] == "stream" and answer["content"]["name"] == "stdout":
                return json.loads(answer["content"]["text"])

    return ioloop.IOLoop().run_sync(ask, timeout=60)


@pytest.mark.parametrize("inside", [".", "datasets", "datasets/mine", "notebooks/en", "guide"])
def test_a_folder_of_the_course_is_no_place_to_work_in(home, inside):
    place = home / inside
    before = sorted(home.rglob("*"))
    with pytest.raises(ContrechampError, match=r"belongs to the course itself.*nothing was copied"):
        workspace.refresh(place)
    assert sorted(home.rglob("*")) == before
