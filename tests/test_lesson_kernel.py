"""The lesson tools in real kernels: language of the folder, stored outputs, errors as sentences, sliders."""

import asyncio
import os
import subprocess
import sys

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient
from toy_answers import write_home

from contrechamp.lesson.plain_values import MIME as ANSWERS
from contrechamp.lesson.results import MIME

TOOLS = """\
import pandas as pd
from contrechamp.lesson import answer, bars, check, intervals, quiz, result, show, slider, table
pages = pd.DataFrame({"label": ["Webpages", "x"], "value": [42, 210.5], "low": [1, None], "high": [50, None]})
===
fig = bars(pages, value="value", label="label", title="Two bars")
show(fig, alt="Two bars: {before} pages before, {after} after, a rise of {rise:+0;-0} %.",
     before=42, after=1210, rise=401.2)
===
show(intervals(pages, "value", "low", "high", "label", reference=50, title="Two dots"),
     alt="Two dots, one of them with an interval and the other without one.")
===
table(pages, label="Count", value="Value")
===
result("rise", 401.19047619)
result("pages", 42)
===
change = ...
check("02.E1", change=change)
===
check("02.E1", change=254.4)
check("02.E1", change=154.4)
===
quiz("02")
answer("02.a", "b")
===
slider(lambda rate: pages["value"] * rate, rate=(0, 10, 1, 2))
===
import matplotlib.pyplot as plt
from contrechamp.lesson import style
with style():
    fig, ax = plt.subplots()
    lines = ax.plot([1, 2], [3, 4])
show(fig, alt="A line that rises from three to four between one and two.")
"""
LANGUAGE = "from contrechamp import language\nprint(language.current())"


@pytest.fixture
def home(tmp_path, monkeypatch):
    home = write_home(tmp_path / "home")
    monkeypatch.setenv("CONTRECHAMP_HOME", str(home))
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    return home


def executed(folder, cells, **options):
    """Run cells in a kernel that starts in `folder`, as nbclient does for the build."""
    folder.mkdir(parents=True, exist_ok=True)
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells], metadata=metadata)
    NotebookClient(book, resources={"metadata": {"path": str(folder)}}, kernel_name="python3", **options).execute()
    return book


def printed(cell):
    return "".join(output.get("text", "") for output in cell.outputs if output.output_type == "stream")


def nbval(*paths):
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-q", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, *map(str, paths)], capture_output=True, encoding="utf-8", check=False, cwd=paths[0].parents[1]
    )


@pytest.mark.parametrize("folder", ["en", "fr", "fr/solutions"])
def test_a_kernel_speaks_the_language_of_its_notebooks_folder(folder, home, tmp_path):
    book = executed(tmp_path / "course" / folder, [LANGUAGE])
    assert printed(book.cells[0]).strip() == folder[:2]


def test_the_variable_wins_over_the_folder(home, tmp_path, monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", "fr")
    book = executed(tmp_path / "course/en", [LANGUAGE])
    assert printed(book.cells[0]).strip() == "fr"


def test_a_kernel_of_jupyterlab_speaks_the_language_of_the_folder(home, tmp_path):
    """JupyterLab's server starts a kernel for a path; the test asks that same server code for one."""
    from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

    (tmp_path / "work/fr").mkdir(parents=True)
    (tmp_path / "work/fr/02.ipynb").touch()

    async def ask() -> str:
        kernels = AsyncMappingKernelManager(root_dir=str(tmp_path / "work"))
        ident = await kernels.start_kernel(path="fr/02.ipynb", kernel_name="python3")
        client = kernels.get_kernel(ident).client()
        client.start_channels()
        said: list[str] = []
        try:
            await client.wait_for_ready(timeout=60)
            hook = lambda message: said.append(message["content"].get("text", ""))  # noqa: E731
            await client.execute_interactive(LANGUAGE, output_hook=hook, timeout=60)
        finally:
            client.stop_channels()
            await kernels.shutdown_kernel(ident, now=True)
        return "".join(said).strip()

    assert asyncio.run(ask()) == "fr"


@pytest.mark.slow
def test_stored_outputs_pass_nbval_twice_in_both_languages(home, tmp_path):
    words = {
        "en": ["Figure: Two bars: 42", "change: right.", "Webpages", "Drawn with rate = 2."],
        "fr": [
            "Figure\u202f: Deux barres\u202f: 42 pages avant, 1\u202f210",
            "change\u202f: juste.",
            "Pages web",
            "rate = 2",
        ],
    }
    paths = []
    for lang in ("en", "fr"):
        book = executed(tmp_path / "course" / lang, TOOLS.split("===\n"))
        stored = "".join(printed(cell) for cell in book.cells) + str(book.cells[3].outputs[0].data)
        verdicts = [output.data for cell in book.cells[5:7] for output in cell.outputs]
        stored += "".join(verdict["text/plain"] for verdict in verdicts)
        assert [verdict[ANSWERS]["values"]["change"] for verdict in verdicts] == [None, 254.4, 154.4]
        assert [word for word in words[lang] if word not in stored] == []
        figure = book.cells[1].outputs[0]
        assert set(figure.data) == {"image/png", "text/plain"} and figure.metadata["image/png"]["alt"]
        assert len(book.cells[-1].outputs) == 2  # the picture once, and its line
        published = [output.data[MIME] for output in book.cells[4].outputs]
        assert published == [{"name": "rise", "value": 401.19}, {"name": "pages", "value": 42}]
        assert "widget" not in nbformat.writes(book)
        paths.append(tmp_path / "course" / lang / "tools.ipynb")
        nbformat.write(book, paths[-1])
    for _attempt in range(2):
        done = nbval(*paths)
        assert done.returncode == 0, done.stdout
        assert f"{2 * len(book.cells)} passed" in done.stdout
    # And the same comparison sees a change: English outputs in the French folder.
    paths[1].write_bytes(paths[0].read_bytes())
    assert nbval(paths[1]).returncode == 1


def test_an_error_of_ours_is_one_sentence_in_a_notebook(home, tmp_path):
    cells = [
        "from contrechamp.lesson import result, table",
        "result('Rise', 1)",
        "import pandas as pd\ntable(pd.DataFrame({'a': [1]}), b='B')",
        "1 / 0",
    ]
    book = executed(tmp_path / "course/fr", cells, allow_errors=True)
    name, column, other = (cell.outputs[-1] for cell in book.cells[1:])
    assert name.traceback == [
        "result(…) cannot take the name 'Rise': a name has small letters, digits and underscores, and begins with a "
        "letter, as in share_known."
    ]
    assert column.traceback == ["table(…)\u202f: le tableau n’a pas de colonne b. Ses colonnes sont\u202f: a."]
    assert len(other.traceback) > 1  # other errors keep their stack


def test_nbclient_gets_the_static_result_even_inside_the_courses_jupyterlab(home, tmp_path, monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_INTERACTIVE", "1")
    code = "from contrechamp.lesson import slider\nslider(lambda rate: rate * 10, rate=(0, 10, 1, 2))"
    book = executed(tmp_path / "course/en", [code])
    assert [output.data["text/plain"] for output in book.cells[0].outputs if "data" in output] == ["20"]


@pytest.mark.parametrize("variable", ["1", ""])
def test_a_front_end_that_answers_gets_a_widget_only_with_the_variable(variable, home, tmp_path):
    environment = {**os.environ, "CONTRECHAMP_INTERACTIVE": variable, "CONTRECHAMP_LANG": "en"}
    manager, client = start_new_kernel(kernel_name="python3", env=environment, cwd=str(tmp_path))
    shown = []

    def note(message):
        if message["msg_type"] == "display_data":
            shown.append(message["content"]["data"])
        elif message["msg_type"] == "error":
            shown.append(message["content"])

    try:
        code = "from contrechamp.lesson import slider\nslider(lambda rate: print(rate), rate=(0, 10, 1, 2))"
        client.execute_interactive(
            code, allow_stdin=True, output_hook=note, stdin_hook=lambda message: None, timeout=60
        )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    widgets = [data for data in shown if "application/vnd.jupyter.widget-view+json" in data]
    assert len(widgets) == (1 if variable else 0), shown
