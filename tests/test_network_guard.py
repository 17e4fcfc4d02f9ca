"""Inside a kernel of the tests only the machine itself can be reached, and a lesson that tries more says so."""

import os
import subprocess
import sys

import pytest
from nbformat import write
from nbformat.v4 import new_code_cell, new_notebook, new_output
from notebook_runs import kernel_environment, nbval

REFUSED = {
    "a public name": "import urllib.request as r; r.urlopen('http://example.org/', timeout=5)",
    "an address": "import urllib.request as r; r.urlopen('http://192.0.2.1/', timeout=5)",
    "a secure connection": "import http.client as h; h.HTTPSConnection('example.org', timeout=5).request('GET', '/')",
    "a look-up": "import socket; socket.getaddrinfo('example.org', 80)",
    "an old look-up": "import socket; socket.gethostbyname('example.org')",
    "a connection": "import socket; socket.create_connection(('192.0.2.1', 80), 5)",
    "a connection of the new kind": "import socket; socket.socket(socket.AF_INET6).connect(('2001:db8::1', 80))",
    "a mapped address": "import socket; socket.socket(socket.AF_INET6).connect(('::ffff:192.0.2.1', 80))",
    "a silent connection": "import socket; socket.socket().connect_ex(('192.0.2.1', 80))",
    "a datagram": "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))",
    "a datagram with flags": "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', 0, ('192.0.2.1', 9))",
    "a datagram in pieces": "import socket as s; s.socket(type=s.SOCK_DGRAM).sendmsg([b'x'], [], 0, ('192.0.2.1', 9))",
    "a name that begins well": "import socket; socket.getaddrinfo('localhost.example.org', 80)",
    "pandas": "import pandas; pandas.read_csv('http://192.0.2.1/x.csv')",
    "asyncio": "import asyncio; asyncio.run(asyncio.open_connection('192.0.2.1', 80))",
}
ALLOWED = {
    "a server of one's own": """
import http.server, threading, urllib.request
server = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
threading.Thread(target=server.serve_forever, daemon=True).start()
for host in ("127.0.0.1", "localhost"):
    urllib.request.urlopen(f"http://{host}:{server.server_port}/").read()
server.shutdown()
""",
    "a pair of sockets": "import socket; a, b = socket.socketpair(); a.sendmsg([b'x']); assert b.recv(1) == b'x'",
    "any address of one's own": "import socket; socket.getaddrinfo(None, 0, flags=socket.AI_PASSIVE)",
}


def python(code, folder, **env):
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=kernel_environment(**env),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )


@pytest.mark.parametrize("code", REFUSED.values(), ids=REFUSED.keys())
def test_what_leaves_the_machine_is_refused_in_plain_words(tmp_path, code):
    done = python(code, tmp_path)
    assert done.returncode == 1
    assert "The network is refused while lessons are tested" in done.stderr


@pytest.mark.parametrize("code", ALLOWED.values(), ids=ALLOWED.keys())
def test_what_stays_on_the_machine_works(tmp_path, code):
    done = python(code, tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no sockets in files")
def test_a_socket_in_a_file_works(tmp_path):
    code = "import socket as s; a = s.socket(s.AF_UNIX); a.bind('x'); a.listen(); s.socket(s.AF_UNIX).connect('x')"
    done = python(code, tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_sitecustomize_that_exists_elsewhere_is_still_run(tmp_path):
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.chained = True\n", encoding="utf-8")
    done = python("import sys; assert sys.chained; import socket; socket.gethostbyname('x.org')", tmp_path,
                  PYTHONPATH=str(tmp_path))  # fmt: skip
    assert "The network is refused" in done.stderr


def notebook(path, source, text):
    cell = new_code_cell(source, outputs=[new_output("stream", name="stdout", text=text)], execution_count=1)
    write(new_notebook(cells=[cell]), path)
    return path


FETCH = """import urllib.error, urllib.request
for place in ("http://example.org/", "http://192.0.2.1/"):
    {attempt}
print("fetched")"""
CAUGHT = """try:
        urllib.request.urlopen(place, timeout=5)
    except urllib.error.URLError as error:
        print(error.reason)"""


SERVE = """import http.server, threading, urllib.request


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Quiet)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(urllib.request.urlopen(f"http://localhost:{server.server_port}/").status)
server.shutdown()"""


SAID = (
    "The network is refused while lessons are tested: look-up of 'example.org'. A lesson must work without it.\n"
    "The network is refused while lessons are tested: look-up of '192.0.2.1'. A lesson must work without it.\n"
    "fetched\n"
)
PLANTED = {
    "fetches": (FETCH.format(attempt="urllib.request.urlopen(place)"), "fetched\n"),
    "tries": (FETCH.format(attempt=CAUGHT), SAID),
    "serves": (SERVE, "200\n"),
}


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """Run the planted lessons together, to pay for one start of pytest."""
    folder = tmp_path_factory.mktemp("planted")
    paths = [notebook(folder / f"{name}.ipynb", *content) for name, content in PLANTED.items()]
    return nbval(paths, folder / "run")


def test_a_planted_lesson_that_fetches_is_red_and_says_why(planted):
    assert not planted.green
    assert "fetches.ipynb::Cell 0" in planted.output
    assert "The network is refused while lessons are tested: look-up of 'example.org'" in planted.output


@pytest.mark.parametrize("name", ["tries", "serves"])
def test_a_planted_lesson_reaches_nobody_but_a_server_of_its_own(planted, name):
    assert planted.passed == 2, planted.output
    assert f"{name}.ipynb" not in planted.output, planted.output


# ---- stronger, where the system allows it ---------------------------------------------------------------------------


def test_in_a_namespace_the_network_is_out_of_reach_of_everything(isolated, tmp_path):
    code = "import socket; socket.socket().connect(('192.0.2.1', 80))"
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}  # without the Python guard
    done = subprocess.run(
        [*isolated, sys.executable, "-c", code], env=env, cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert "unreachable" in done.stderr, done.stderr


def test_a_lesson_runs_in_a_namespace_without_any_network(isolated, root, tmp_path):
    lessons = sorted((root / "notebooks" / "en").glob("*.ipynb"))
    assert lessons, "no lesson is built"
    run = nbval(lessons[-1:], tmp_path / "run", before=isolated)
    assert run.green, run.output
