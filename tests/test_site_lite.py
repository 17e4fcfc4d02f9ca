"""The light track in a real browser: built from the lock, served on this machine, every other host refused.

The bundle is built once and each of its notebooks is run to its end in Chromium; what the cells say is compared with
the committed outputs. Times are printed, never asserted.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from browser_room import SCRIPTS, chromium, give_up, node, packages, served

from contrechamp import language
from contrechamp.errors import ContrechampError
from contrechamp.site import lite, lite_app, lite_lock, lite_notebooks, lite_wheels

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = [f"{lang}/{path.name}" for lang in language.languages() for path in lite_notebooks.notebooks(ROOT, lang)]


PRUNED = ("rspack.config.js", "rspack.config.watch.js", "service-worker.js", "build/service-worker.js", "package.json",
          "jupyterlite.schema.v0.json", "doc/tree/index.html")  # fmt: skip


# ---- the bundle, without a browser ----------------------------------------------------------------------------------


def test_links_to_lessons_become_pages_of_the_site():
    text = "See [lesson 07](../../fr/07_spread_and_the_clock.ipynb) and [a list](https://www.example.org/)."
    assert (
        lite_notebooks.site_links(text) == "See [lesson 07](#site:lessons/07) and [a list](https://www.example.org/)."
    )


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_goes_to_the_browser_without_outputs_and_without_links_to_files(name):
    lang, file = name.split("/")
    nb = nbformat.reads(lite_notebooks.for_browser(ROOT / "notebooks" / "light" / lang / file), as_version=4)
    code = [cell for cell in nb.cells if cell.cell_type == "code"]
    assert code and not any(cell.outputs or cell.execution_count for cell in code)
    text = "\n".join(cell.source for cell in nb.cells if cell.cell_type == "markdown")
    assert "#site:lessons/" in text and ".ipynb" not in text


def test_a_notebook_that_was_never_run_stops_the_build(tmp_path):
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
    nbformat.write(nb, tmp_path / "L1_x.ipynb")
    with pytest.raises(
        ContrechampError, match=r"L1_x\.ipynb has code cells that were not run\. Run `contrechamp build`"
    ):
        lite_notebooks.for_browser(tmp_path / "L1_x.ipynb")


def test_a_notebook_that_is_missing_in_a_language_stops_the_build(tmp_path):
    shutil.copytree(ROOT / "notebooks" / "light", tmp_path / "notebooks" / "light")
    (tmp_path / "notebooks" / "light" / "fr" / "L3_the_last_bit.ipynb").unlink()
    with pytest.raises(ContrechampError, match=r"notebooks/light/fr/L3_the_last_bit\.ipynb is missing"):
        lite_notebooks.notebooks(tmp_path, "fr")


def test_the_lock_names_version_and_hash_of_every_file():
    items = lite_lock.read_lock()["files"]
    assert [item["name"] for item in items if item["from"] == "npm"] == ["pyodide"]
    for item in items:
        assert re.fullmatch(r"[0-9a-f]{64}", item["sha256"]) and re.fullmatch(r"\d+(\.\d+)*", item["version"])
        assert item["version"] in item["file"] and item["file"].endswith((".tgz", "none-any.whl"))


@pytest.fixture
def small_lock(monkeypatch):
    """A lock of one file, whose content is b"good"."""
    item = {"name": "six", "version": "1", "from": "pypi", "file": "six-1-py3-none-any.whl",
            "sha256": hashlib.sha256(b"good").hexdigest()}  # fmt: skip
    monkeypatch.setattr(lite_lock, "read_lock", lambda: {"python": "3.14", "files": [item]})
    return item


def test_a_file_of_the_cache_with_another_hash_is_refused_by_name(small_lock, tmp_path):
    (tmp_path / small_lock["file"]).write_bytes(b"other")
    with pytest.raises(ContrechampError, match=r"six-1-py3-none-any\.whl is not the file that lite_lock\.json names"):
        lite_lock.fetch(tmp_path)
    (tmp_path / small_lock["file"]).write_bytes(b"good")
    assert lite_lock.fetch(tmp_path) == {"six": tmp_path / small_lock["file"]}


def test_without_the_network_one_sentence_says_what_is_missing(small_lock, tmp_path, monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_OFFLINE", "1")
    with pytest.raises(ContrechampError, match=r"needs 1 files that are not in .*the network is switched off"):
        lite_lock.fetch(tmp_path)


def test_a_fetch_that_fails_is_one_sentence_and_leaves_nothing_half_done(small_lock, tmp_path, monkeypatch):
    monkeypatch.delenv("CONTRECHAMP_OFFLINE", raising=False)
    monkeypatch.setattr(lite_lock, "_pip", lambda: ["sh", "-c", "echo 'ERROR: no route to host' >&2; exit 1"])
    with pytest.raises(ContrechampError, match=r"pip could not fetch .* Is there a network\? It said: ERROR: no route"):
        lite_lock.fetch(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_else_is_left_as_it_is(tmp_path, capsys):
    (tmp_path / "letter.txt").write_text("keep")
    assert lite.main([str(tmp_path), "--cache", str(tmp_path / "cache")]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
    assert capsys.readouterr().err == (
        f"{tmp_path} holds something else than an earlier light track; it was left as it is. Give another folder.\n"
    )
    with pytest.raises(ContrechampError, match=r"letter\.txt holds something else than an earlier light track"):
        lite.build(tmp_path / "letter.txt", ROOT, tmp_path / "cache")


@pytest.mark.parametrize("there", [None, "nothing", "jupyter-lite.json"])
def test_a_new_an_empty_and_an_earlier_folder_may_be_written(tmp_path, monkeypatch, there):
    to = tmp_path / "lite"
    if there:
        to.mkdir()
    if there == "jupyter-lite.json":
        (to / there).write_text("{}")

    def asked(*_):
        raise ContrechampError("it got as far as the files")

    monkeypatch.setattr(lite_lock, "fetch", asked)
    with pytest.raises(ContrechampError, match="it got as far as the files"):
        lite.build(to, ROOT, tmp_path / "cache")


def late(command, **_more):
    raise subprocess.TimeoutExpired(command, 900)


def absent(command, **_more):
    raise FileNotFoundError(2, "No such file or directory", command[0])


@pytest.mark.parametrize(("ran", "says"), [(late, r"did not end in 15 minutes"), (absent, r"No such file or dir")])
def test_a_program_that_hangs_or_is_absent_is_one_sentence(tmp_path, monkeypatch, ran, says):
    monkeypatch.setattr(lite_lock.subprocess, "run", ran)
    with pytest.raises(ContrechampError, match=rf"pip could not fetch the files of the light track.*{says}"):
        lite_lock._run(["pip"], "pip")
    monkeypatch.setattr(lite_app.sys, "prefix", str(tmp_path))
    (tmp_path / "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension").mkdir(parents=True)
    with pytest.raises(ContrechampError, match=rf"JupyterLite could not be built: .*({says}|10 minutes)"):
        lite_app.jupyterlite(tmp_path, tmp_path / "made")


def test_a_disk_that_cannot_be_written_is_one_sentence(tmp_path, capsys):
    (tmp_path / "cache").write_text("a file")
    assert lite.main([str(tmp_path / "lite"), "--cache", str(tmp_path / "cache")]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and str(tmp_path / "cache") in said


def test_the_folder_s_own_page_leads_to_the_choice_of_language_and_still_tells_jupyterlite_its_place(tmp_path):
    kept = ("config-utils.js", "jupyter-lite.json", "build/1.js")
    for name in (*kept, *PRUNED, "build/1.js.map", "index.html"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('<script>location.href = "./lab"</script>')
    lite_app.prune(tmp_path)
    lite_app.front(tmp_path)
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()} == {
        *kept, "index.html"
    }  # fmt: skip
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert re.search(r'http-equiv="refresh" content="0; url=\.\./index\.html"', page) and "lab" not in page
    # config-utils.js reads this element of every page up to the root.
    assert '<script id="jupyter-config-data" type="application/json" data-jupyter-lite-root=".">{}</script>' in page


def test_the_wheel_for_the_browser_holds_what_the_notebooks_stand_on_and_no_more(tmp_path):
    wheels = lite_wheels.make(ROOT, tmp_path)
    with zipfile.ZipFile(wheels["contrechamp"]) as wheel:
        names, size = set(wheel.namelist()), wheels["contrechamp"].stat().st_size
        catalogue = wheel.read("contrechamp/_locale/fr/messages.po").decode()
    modules, data = lite_wheels.stands_on(ROOT)
    assert {"contrechamp/light/drawing.py", "contrechamp/law/deadlines.py", "contrechamp/_data/law/clocks.csv"} <= names
    assert {f"contrechamp/_data/{name}" for name in data} <= names
    assert not [name for name in names if "/imaging/" in name or name.endswith((".npz", ".png")) or "/images/" in name]
    assert "contrechamp.mechanism.spread" not in modules and size < 600_000
    assert "Alertes justes" in catalogue and len(catalogue) < 90_000
    again = lite_wheels.make(ROOT, tmp_path / "again")
    assert all(again[name].read_bytes() == path.read_bytes() for name, path in wheels.items())


@pytest.mark.parametrize("lang", language.languages())
def test_the_page_on_ways_to_run_links_each_notebook_only_where_the_light_track_is(lang):
    from contrechamp.site import run_pages

    [there], [absent] = run_pages.pages(ROOT, lang, True), run_pages.pages(ROOT, lang)
    links = re.findall(r'href="lite:([^"]+)"', there.source)
    assert links == [
        f"notebooks-{lang}/index.html?path={name.replace('/', '%2F')}" for name in NOTEBOOKS if name[:2] == lang
    ]
    assert "lite:" not in absent.source and "--in-browser" in absent.source
    measured = lite_lock.read_lock()["measured"]
    assert (
        language.number(measured["seconds"], lang) in there.source
        and language.date(measured["date"], lang) in there.source
    )
    for page in (there, absent):
        assert page.name == "run" and "WebAssembly" in page.source and "mybinder.org" in page.source
        assert "course.py lab" in page.source and "Firefox" in page.source


@pytest.mark.slow
def test_by_configuration_the_science_lessons_take_python_from_elsewhere_and_our_library_from_here(bundle, tmp_path):
    from contrechamp.site import lite_science

    made = tmp_path / "lite"
    lite.build(
        made, ROOT, lite_lock.cache_folder(ROOT), science="https://pyodide.example/full/", tell=lambda _line: None
    )
    for lang in language.languages():
        about = json.loads((made / f"notebooks-science-{lang}" / "jupyter-lite.json").read_text(encoding="utf-8"))
        [kernel] = about["jupyter-config-data"]["litePluginSettings"].values()
        assert kernel["pyodideUrl"] == "https://pyodide.example/full/pyodide.mjs" and kernel["disablePyPIFallback"]
        assert kernel["loadPyodideOptions"]["env"]["CONTRECHAMP_LANG"] == lang
        light = lite_app.door_name(lang)
        assert (made / light / "jupyter-lite.json").read_bytes() == (bundle / light / "jupyter-lite.json").read_bytes()
        there = sorted((made / "files/science" / lang).glob("*.ipynb"))
        assert [path.name[:2] for path in there] == [
            f"{n:02d}" for n in range(21) if f"{n:02d}" not in lite_science.LEFT_OUT
        ]
        cells = nbformat.reads(there[0].read_text(encoding="utf-8"), as_version=4).cells
        assert cells[0].source == "%pip install -q contrechamp"
    index = json.loads((made / "pypi/all.json").read_text(encoding="utf-8"))
    assert {"contrechamp", "babel", "comm"} <= set(index)
    with zipfile.ZipFile(next((made / "pypi").glob("contrechamp-*.whl"))) as wheel:
        names = set(wheel.namelist())
    assert {"contrechamp/imaging/scenes.py", "contrechamp/_data/mechanism/denoiser.npz"} <= names
    assert not list(bundle.glob("*science*")), "off unless somebody asks"


def test_an_address_that_is_none_is_refused(tmp_path):
    from contrechamp.site import lite_science

    with pytest.raises(ContrechampError, match="--science takes an address"):
        lite_science.add(tmp_path, ROOT, "full/", {})


# ---- in the browser -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bundle(tmp_path_factory, report):
    """The folder of the light track, built once; skipped where its files can neither be found nor fetched."""
    node(), chromium()
    cache = lite_lock.cache_folder(ROOT)
    try:
        lite_lock.fetch(cache)
    except ContrechampError as error:
        give_up(str(error), offline=True)
    to, before = tmp_path_factory.mktemp("lite") / "site" / "lite", os.times()
    to.parent.mkdir()
    sizes = lite.build(to, ROOT, cache, tell=lambda _line: None)
    used = sum(os.times()[:4]) - sum(before[:4])
    lines = [f"{part:30} {size / 2**20:6.2f} MB" for part, size in list(sizes.items())[:8]]
    report("The light track's folder", [*lines, f"{'CPU s of the build':30} {used:6.1f}"])
    return to


def visit(folder, names, out):
    """Run notebooks in Chromium; return what `light.mjs` saw, by name."""
    env = {**os.environ, "CONTRECHAMP_CHROMIUM": chromium(), "CONTRECHAMP_NODE": str(packages())}
    with served(folder.parent) as address:
        command = [node(), str(SCRIPTS / "light.mjs"), f"{address}/{folder.name}", str(out), "", *names]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=3600)
    assert out.is_file(), done.stderr[-2000:]
    return {told["name"]: told for told in json.loads(out.read_text(encoding="utf-8"))}


@pytest.fixture(scope="module")
def seen(bundle, tmp_path_factory, report):
    told = visit(bundle, NOTEBOOKS, tmp_path_factory.mktemp("seen") / "seen.json")
    lines = [f"{'notebook':36} shown  asked  first   last  requests     MB   (load {os.getloadavg()[0]:.1f})"]
    for name, one in told.items():
        times = " ".join(
            f"{one['seconds'].get(when, float('nan')):6.1f}" for when in ("visible", "asked", "first", "last")
        )
        lines.append(f"{name:36}{times} {one['requests']:9} {one['bytes'] / 2**20:6.1f}")
    report("Seconds from the click on a link, in the browser", lines)
    return told


class Words(HTMLParser):
    """Collects the text of HTML, as a browser's textContent."""

    def __init__(self):
        super().__init__()
        self.text = ""

    def handle_data(self, data):
        self.text += data


def told_by(output):
    """Return the words of a committed output as the browser shows them, and its picture."""
    if output.output_type == "stream":
        return output.text, []
    if "image/svg+xml" in output.data:
        return "", [output.data["image/svg+xml"]]
    if "text/html" in output.data:
        words = Words()
        words.feed(output.data["text/html"])
        return words.text, []
    return output.data.get("text/plain", ""), []


def faults(told, committed):
    """Return what is wrong with a notebook as it ran in the browser, one sentence each."""
    found = [f"asks another host: {url}" for url in told["outside"]]
    found += [f"the console says: {line}" for line in told["console"]]
    found += [f"could not be fetched: {url}" for url in told["failed"]]
    if not told["done"]:
        found.append("did not run to its end")
    code = [cell for cell in committed.cells if cell.cell_type == "code"]
    if len(code) != len(told["cells"]):
        return [*found, f"{len(told['cells'])} cells of code, not {len(code)}"]
    for number, (cell, ran) in enumerate(zip(code, told["cells"], strict=True), 1):
        wanted = [told_by(output) for output in cell.outputs]
        text = " ".join("".join(words for words, _ in wanted).split())
        if " ".join("".join(ran["outputs"]).split()) != text:
            found.append(f"cell {number} says {''.join(ran['outputs'])[:200]!r}, not {text[:200]!r}")
        drawn = [address.partition(",")[2] for address in ran["pictures"]]
        if drawn != [picture for _, pictures in wanted for picture in pictures]:
            found.append(f"cell {number} does not draw the committed picture")
    if any(told["kept"].values()):
        found.append(f"keeps something in the browser: {told['kept']}")
    return found


def committed(name):
    lang, file = name.split("/")
    return nbformat.reads((ROOT / "notebooks/light" / lang / file).read_text(encoding="utf-8"), as_version=4)


@pytest.mark.slow
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_in_the_browser_to_the_committed_outputs(seen, name):
    assert faults(seen[name], committed(name)) == []


@pytest.mark.slow
def test_menus_speak_the_reader_s_language_and_links_lead_to_the_site(seen):
    assert {"Run", "Kernel"} <= set(seen["en/L1_base_rates.ipynb"]["menus"])
    assert {"Exécution", "Noyau"} <= set(seen["fr/L1_base_rates.ipynb"]["menus"])
    for name, told in seen.items():
        assert re.search(rf"/{name[:2]}/lessons/\d\d\.html$", told["link"]), name


@pytest.mark.slow
def test_the_page_of_a_notebook_has_its_title_its_cells_have_names_and_its_picture_leads_back(seen):
    for name, told in seen.items():
        named, lang = told["named"], name[:2]
        title = committed(name).cells[0].source.splitlines()[0].removeprefix("# ").strip()
        assert " ".join(named["title"].split()) == " ".join(f"{title} — Contrechamp".split()), name
        assert named["names"] == [
            language.gettext("Cell {number}", lang).format(number=number + 1) for number in range(len(told["cells"]))
        ], name
        assert named["back"] == language.gettext("Ways to run a lesson", lang)
        assert named["leads"].endswith(f"/{lang}/run.html")


@pytest.mark.slow
def test_the_folder_is_small_has_no_source_maps_and_names_no_other_host_for_python(bundle):
    files = [path for path in bundle.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= lite.LARGEST
    assert not [path for path in files if path.suffix == ".map"]
    assert not [name for name in PRUNED if (bundle / name).exists()]
    assert "../index.html" in (bundle / "index.html").read_text(encoding="utf-8")
    for lang in language.languages():
        page = (bundle / lite_app.door_name(lang) / "index.html").read_text(encoding="utf-8")
        assert f'<html lang="{lang}">' in page and "<noscript>" in page and f"../../{lang}/run.html" in page
        about = json.loads((bundle / lite_app.door_name(lang) / "jupyter-lite.json").read_text(encoding="utf-8"))
        [kernel] = about["jupyter-config-data"]["litePluginSettings"].values()
        assert kernel["disablePyPIFallback"] and kernel["pyodideUrl"].startswith("../static/")
    lock = json.loads((bundle / "static/pyodide/pyodide-lock.json").read_text(encoding="utf-8"))
    for about in lock["packages"].values():
        path = bundle / "static/pyodide" / about["file_name"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == about["sha256"]
    # The library of the lessons is byte for byte the checkout's.
    with zipfile.ZipFile(next((bundle / "static/pyodide").glob("contrechamp-*.whl"))) as wheel:
        for name in (name for name in wheel.namelist() if name.endswith(".py")):
            assert wheel.read(name) == (ROOT / "src" / name).read_bytes()


PLANTED = {
    "en/L1_base_rates.ipynb": (
        "from js import fetch\nfetch('https://example.org/pixel')",
        "asks another host: https://example.org",
    ),
    "en/L2_spread_and_the_clock.ipynb": ("1 / 0", "cell 1 says"),
    "en/L5_a_sealed_history.ipynb": ("import numpy", "cell 1 says"),
}


@pytest.mark.slow
def test_a_planted_request_error_or_numpy_is_found_out(bundle, tmp_path):
    copy = tmp_path / "site" / "lite"
    shutil.copytree(bundle, copy)
    for name, (code, _) in PLANTED.items():
        path = copy / "files" / name
        nb = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        first = next(cell for cell in nb.cells if cell.cell_type == "code")
        first.source += f"\n{code}"
        nbformat.write(nb, path)
    told = visit(copy, list(PLANTED), tmp_path / "seen.json")
    for name, (_, sentence) in PLANTED.items():
        found = faults(told[name], committed(name))
        assert any(sentence in one for one in found), (name, found)
