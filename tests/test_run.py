"""contrechamp run: one lesson, executed afresh, as one page that opens offline."""

import base64
import html.parser
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from contrechamp import cli, page, proof
from contrechamp.errors import ContrechampError

DOT = base64.b64encode(
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\6\0\0\0\x1f\x15\xc4\x89\0\0\0\nIDATx\x9cc\0\1\0\0\5\0\1\r\n-\xb4"
    b"\0\0\0\0IEND\xaeB`\x82"
).decode()
ALT = 'Reports rise from 1 to "4" between 2023 & 2025, then fall <again>.'
PROSE = """# Pourquoi $a^2$ ?

In a formula $\\frac{a}{b}$, or alone:

$$\\sum_{i=1}^{n} x_i \\le 5$$

A [link](https://example.org/a?b=1), a picture ![dot](dot.png) and `$code$`; the price is 5 dollars.

| year | reports |
|---|---|
| 2025 | 4 |
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A tiny checkout with a lesson 02 in French."""
    folder = tmp_path / "course"
    (folder / "locale" / "fr").mkdir(parents=True)
    (folder / "locale" / "fr" / "messages.po").write_text('msgid ""\nmsgstr ""\n', encoding="utf-8")
    shown = f"display({{'image/png': '{DOT}'}}, raw=True, metadata={{'image/png': {{'alt': {ALT!r}}}}})"
    put(folder, "fr", "02_slug", [new_markdown_cell(PROSE), new_code_cell(SEES), new_code_cell(shown)])
    (folder / "notebooks" / "fr" / "dot.png").write_bytes(base64.b64decode(DOT))
    monkeypatch.setenv("CONTRECHAMP_HOME", str(folder))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    return folder


SEES = (
    "import os\nfrom contrechamp import language\n"
    "print('sees', os.path.basename(os.getcwd()), language.current(), os.environ.get('CONTRECHAMP_INTERACTIVE'))"
)


def put(folder: Path, lang: str, name: str, cells: list) -> Path:
    path = folder / "notebooks" / lang / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


class Elements(html.parser.HTMLParser):
    """Collect the elements of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    handle_startendtag = handle_starttag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.found if name == tag]


def loads(text: str) -> list[str]:
    """Return what a browser would fetch for a page: every address that is not a link to follow."""
    fetched = [
        value
        for tag, attrs in Elements(text).found
        for name, value in attrs.items()
        if name in ("src", "srcset", "href", "data", "poster", "action", "background")
        and not (tag == "a" and name == "href")
        and not (value or "").startswith("data:")
    ]
    return fetched + re.findall(r"@import[^;]*|url\((?!['\"]?data:)[^)]*\)", text)


def test_the_guard_sees_what_nbconverts_own_page_would_fetch(home):
    from nbconvert import HTMLExporter

    notebook = nbformat.read(home / "notebooks" / "fr" / "02_slug.ipynb", as_version=4)
    fetched = " ".join(loads(HTMLExporter(template_name="classic").from_notebook_node(notebook)[0]))
    assert "mathjax" in fetched and "require" in fetched and "dot.png" in fetched


def test_a_lesson_becomes_one_page_that_fetches_nothing(home, capsys):
    assert cli.main(["run", "2", "--lang", "fr"]) == 0
    out, err = capsys.readouterr()
    target = home / "work" / "02_slug.fr.html"
    assert out == f"Written: {target}\n"
    assert err.splitlines() == ["Cell 1 of 2", "Cell 2 of 2"], "progress, and nothing else"
    text = target.read_text(encoding="utf-8")
    elements = Elements(text)
    assert elements.all("html") == [{"lang": "fr"}]
    assert loads(text) == []
    assert not elements.all("script") and not elements.all("iframe")
    assert [image["alt"] for image in elements.all("img")] == ["dot", ALT]
    assert "sees fr fr None" in text, "the lesson runs in its folder, in its language, not interactive"
    assert [formula["alttext"] for formula in elements.all("math")] == [
        "a^2",
        "\\frac{a}{b}",
        "\\sum_{i=1}^{n} x_i \\le 5",
    ]
    assert "<code>$code$</code>" in text
    assert [link["href"] for link in elements.all("a")] == ["https://example.org/a?b=1"]
    assert re.search(r"<title>Pourquoi a\^2", text)
    stored = nbformat.read(home / "notebooks" / "fr" / "02_slug.ipynb", as_version=4)
    assert all(not cell.get("outputs") for cell in stored.cells), "the lesson itself is left alone"


@pytest.mark.parametrize(("asked", "counts_with"), [(None, "1"), ("3", "3")])
def test_a_lesson_counts_with_one_thread_unless_the_reader_asks_for_more(home, monkeypatch, asked, counts_with):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "of another test")  # so that it is put back afterwards
    if asked is None:
        monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    else:
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", asked)
    source = "import os\nprint('threads', os.environ.get('OPENBLAS_NUM_THREADS'))"
    put(home, "fr", "02_slug", [new_code_cell(source)])
    assert cli.main(["run", "2", "--lang", "fr"]) == 0
    assert f"threads {counts_with}" in (home / "work" / "02_slug.fr.html").read_text(encoding="utf-8")


def test_a_page_of_ours_is_replaced_and_any_other_file_is_not(home, capsys):
    target = home / "page.html"
    for content in ("mine", "", page.seal("<p>ours</p>").decode().replace("ours", "ours, with my notes")):
        target.write_text(content, encoding="utf-8")
        assert cli.main(["run", "02", "--lang", "fr", "--output", str(target)]) == 2
        assert "was not written by this command" in capsys.readouterr().err
        assert target.read_text(encoding="utf-8") == content
    target.write_bytes(page.seal("<p>ours</p>"))
    assert page.may_replace(target)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run"], "Which lesson? For example: contrechamp run 02. Known: 02."),
        (["run", "07"], "There is no lesson 07. Known: 02."),
        (["run", "two"], "There is no lesson two. Known: 02."),
        (["run", "../02"], "There is no lesson ../02. Known: 02."),
        (["run", "02", "--output", "."], ". is a folder; --output takes the name of a file."),
        (["run", "02", "--lang", "en"], "There are no lessons in "),
    ],
)
def test_a_wrong_request_is_one_sentence(home, capsys, arguments, says):
    arguments = arguments if "--lang" in arguments else [*arguments, "--lang", "fr"]
    assert cli.main(arguments) == 2
    err = capsys.readouterr().err
    assert err.startswith(says) and err.count("\n") == 1


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"3", b"{}", b'{"cells": 3, "nbformat": 4, "nbformat_minor": 5}', b"\xff"]
)
def test_a_file_that_is_no_notebook_is_one_sentence(home, capsys, content):
    (home / "notebooks" / "fr" / "05_damaged.ipynb").write_bytes(content)
    assert cli.main(["run", "05", "--lang", "fr"]) == 2
    err = capsys.readouterr().err
    assert "05_damaged.ipynb is not a notebook" in err and err.count("\n") == 1


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("raise ValueError('first\\nlast')", "Cell 2 failed: ValueError: last"),
        ("assert False", "Cell 2 failed: AssertionError"),
        ("x =", "Cell 2 failed: SyntaxError: invalid syntax"),
        ("import os; os._exit(1)", "Cell 2 failed: Python stopped, perhaps for want of memory"),
    ],
)
def test_a_failing_cell_is_named_and_no_page_is_written(home, capsys, source, says):
    put(home, "fr", "08_bad", [new_markdown_cell("# T"), new_code_cell("1"), new_code_cell(source), new_code_cell("2")])
    assert cli.main(["run", "08", "--lang", "fr"]) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith(says)
    assert not (home / "work").exists()


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT")
def test_ctrl_c_is_one_line_and_leaves_no_kernel(home, tmp_path):
    pid = tmp_path / "pid"
    put(
        home,
        "fr",
        "09_long",
        [new_code_cell(f"import os, time\nopen({str(pid)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)")],
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "contrechamp.cli", "run", "09", "--lang", "fr"], stderr=subprocess.PIPE, encoding="utf-8"
    )
    for _ in range(2400):  # a busy machine may need a minute to start a kernel
        if pid.is_file() and pid.read_text():
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    err = process.communicate(timeout=30)[1]
    assert process.returncode == 130
    assert err.splitlines() == ["Cell 1 of 1", "Interrupted."]
    with pytest.raises(ProcessLookupError):
        for _ in range(100):
            os.kill(int(pid.read_text()), 0)
            time.sleep(0.05)


@pytest.mark.parametrize("tex", [r"\frac{a}{b}", r"\begin{align}a&=b\end{align}", r"\nonsense{", "<script>", ""])
def test_any_formula_becomes_something_readable(tex):
    made = page.formula(tex, "inline")
    assert made.startswith(("<math", "<code>")) and "<script>" not in made


def test_the_tests_command_runs_pytest_and_leaves_out_the_slow_ones(root, tmp_path, monkeypatch):
    assert proof.arguments(root, True, ["-k", "x"])[-4:] == ["-m", "not slow", "-k", "x"]
    assert "-m" not in proof.arguments(root, False, [])


def test_the_tests_command_fails_with_the_tests_and_prints_their_cost(tmp_path):
    tests = tmp_path / "course" / "tests"
    tests.mkdir(parents=True)
    (tests / "test_toy.py").write_text(
        "import pytest\ndef test_good(): sum(range(9))\n@pytest.mark.slow\ndef test_bad(): assert False\n"
    )
    (tests.parent / "pyproject.toml").write_text('[tool.pytest.ini_options]\nmarkers = ["slow: x"]\n')
    (tests.parent / "locale").mkdir()
    environ = os.environ | {"CONTRECHAMP_HOME": str(tests.parent)}
    for name in [name for name in environ if name.startswith("PYTEST")]:
        del environ[name]
    for arguments, status, says in ((["--fast"], 0, "1 passed"), ([], 1, "1 failed, 1 passed")):
        done = subprocess.run(
            [sys.executable, "-m", "contrechamp.cli", "test", *arguments, "--", "-n0"],  # no workers for a toy
            env=environ, capture_output=True, encoding="utf-8", timeout=120,
        )  # fmt: skip
        lines = done.stdout.strip().splitlines()
        assert done.returncode == status, done.stdout + done.stderr
        assert says in lines[-1], "pytest's own closing line comes last"
        assert any(re.fullmatch(r"Cost: \d+ CPU seconds, \d+ seconds of wall time", line) for line in lines)


def test_without_pytest_the_tests_command_says_what_to_type(root, monkeypatch):
    monkeypatch.setattr(proof, "find_spec", lambda name: None)
    with pytest.raises(ContrechampError, match=r"python3 course\.py test"):
        proof.main()


def test_without_a_checkout_the_tests_command_says_where_tests_are(monkeypatch):
    monkeypatch.setattr(proof.home, "checkout", lambda: None)
    with pytest.raises(ContrechampError, match="in the course's repository"):
        proof.main()
