"""``contrechamp kit``: all that a route needs, in one folder and one zip, for a room without network.

Lessons as notebooks and as single HTML pages, exercises without their solutions, tables, slides, worksheets, quiz,
guide. Answers are in the folder ``teacher/``, solutions as pages and as notebooks, and only in a kit that was asked for
a teacher. Nothing is executed.
"""

import hashlib
import html
import re
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from contrechamp import page, workspace
from contrechamp.authoring import decks, slides, web_deck
from contrechamp.classroom import kit_pages, printed, quiz_bank, quiz_export, routes, wheelhouse
from contrechamp.classroom.routes import Plan, Route
from contrechamp.datasets import help_card
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext

READERS = ("students", "teacher")
_TABLES = ("awareness", "law")  # what lessons cite; pictures and weights travel with the library
_OURS = "checks.csv"  # sentences that editors compare with the records


def main(
    route: str | None,
    lang: str,
    age: int | None,
    reader: str | None = None,
    offline: bool = False,
    output: str | None = None,
) -> int:
    """Pack a route; print the folder and the zip; return the exit status.

    Parameters
    ----------
    route : str
        Name of a route, for example ``"one-day"``.
    lang : str
        Language of the kit and of the messages.
    age : int
        Age of the youngest person in the room; a route with something above it is refused.
    reader : {"students", "teacher"}, optional
        For a teacher, the folder ``teacher/`` holds the answers.
    offline : bool
        Put the packages in, for an installation without network on a system like this one.
    output : str, optional
        Where the folder and the zip go; the current folder when left out. Nothing that is there is overwritten.

    Returns
    -------
    int
        Exit status, 0.

    Raises
    ------
    ContrechampError
        For an unknown route, one that is not for this age, something in the way, or packages that cannot be fetched.
    """
    _ = partial(gettext, lang=lang)
    root, plan, reader = workspace.course(lang), routes.plan(), reader or READERS[0]
    known = ", ".join(one.id for one in plan.routes)
    if route is None:
        raise ContrechampError(_("Which route? Add --route. Known: {names}.").format(names=known))
    chosen = plan.route(route, lang)
    if age is None:
        raise ContrechampError(_("How old is the youngest person in the room? Add --age, for example --age 16."))
    routes.gate(chosen, age, plan, lang)
    if reader not in READERS:
        names = ", ".join(READERS)
        raise ContrechampError(_("--for takes one of: {names}; not {word}.").format(names=names, word=reader))
    name = f"contrechamp_{chosen.id}_{lang}" + ("_teacher" if reader == "teacher" else "")
    place = Path(output or ".").resolve()
    folder, archive = place / name, place / f"{name}.zip"
    for path in (folder, archive):
        if path.exists():
            says = _("{path} is already there, and was left as it is. Give --output another folder.")
            raise ContrechampError(says.format(path=path))
    _pack(Kit(root, plan, chosen, lang, reader == "teacher"), folder, archive, offline)
    print(folder, archive, sep="\n")
    return 0


def _pack(kit: "Kit", folder: Path, archive: Path, offline: bool) -> None:
    """Write the kit beside its place and move it there when it is whole; what is half done is taken away."""
    part, half = folder.with_name(f".{folder.name}.part"), archive.with_name(f".{archive.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        kit.write(part)
        if offline:
            _tell("wheels")
            wheelhouse.fill(part / "wheels", kit.root, kit.lang)
        (part / "SHA256SUMS").write_text(sums(part), encoding="utf-8")
        _zip(part, folder.name, half)
        half.replace(archive)
        part.replace(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
        half.unlink(missing_ok=True)


class Kit:
    """One route in one language, ready to be written into a folder.

    Parameters
    ----------
    root : Path
        The checkout.
    plan : Plan
        All routes and worksheets.
    route : Route
        In the language of the kit.
    lang : str
        Language code.
    teacher : bool
        Whether answers go in.
    """

    def __init__(self, root: Path, plan: Plan, route: Route, lang: str, teacher: bool) -> None:
        self.root, self.plan, self.route, self.lang, self.teacher = root, plan, route, lang, teacher
        self.places = dict(self._places())

    def write(self, to: Path) -> None:
        """Write everything but the packages and the sums.

        Parameters
        ----------
        to : Path
            The folder of the kit.
        """
        for name, place in self.places.items():
            source = self.root / name
            if place.endswith(".html"):
                _tell(place)
                make = kit_pages.notebook_page if name.endswith(".ipynb") else kit_pages.guide_page
                _save(to / place, make(source, self.lang, name, self.places).encode())
            else:
                _save(to / place, source.read_bytes())
        for name in self._notebooks():
            _save(to / name, (self.root / name).read_bytes())
        for path in self._solutions() if self.teacher else ():
            _save(to / self.solved / path.name, path.read_bytes())
        self._write_slides(to)
        self._write_quiz(to)
        _save(to / "START_HERE.html", self.index(to).encode())

    def _notebooks(self) -> Iterator[str]:
        """Yield the notebooks of the kit: lessons, exercises and alternatives, without their solutions."""
        for number in self.route.lessons:
            for folder in ("notebooks", "exercises"):
                for path in sorted((self.root / folder / self.lang).glob(f"{number}_*.ipynb")):
                    yield path.relative_to(self.root).as_posix()

    def _places(self) -> Iterator[tuple[str, str]]:
        """Yield each file of the repository that the kit holds, with its place in the kit."""
        for name in self._notebooks():
            stem = Path(name).stem
            yield name, f"html/{stem}.html" if name.startswith("notebooks") else f"html/exercise_{stem}.html"
        for path in sorted((self.root / "guide" / self.lang).glob("*.md")):
            if not path.name.startswith("worksheet_"):  # they end with their answers; the PDF for the room does not
                yield path.relative_to(self.root).as_posix(), f"guide/{path.stem}.html"
        yield printed.run_sheet_path(self.route, self.lang), "guide/run_sheet.pdf"
        yield f"guide/{self.lang}/before_after.pdf", "guide/before_after.pdf"
        for name in self.plan.worksheets:
            yield f"guide/{self.lang}/worksheet_{name}.pdf", f"worksheets/{name}.pdf"
        for deck in self.route.items("slides"):
            for ending in (".pptx", ".pdf"):
                yield f"slides/{self.lang}/{deck}{ending}", f"slides/{deck}{ending}"
        for room in _TABLES:
            for path in sorted((self.root / "datasets" / room).iterdir()):
                if path.is_file() and path.name != _OURS:
                    yield path.relative_to(self.root).as_posix(), f"datasets/{room}/{path.name}"
        yield from ((name, name) for name in ("LICENSE", "LICENSE-content"))
        if self.teacher:
            yield from self._answers()

    @property
    def solved(self) -> str:
        """The folder of the solved notebooks in the kit; its last part tells a kernel the language."""
        return f"teacher/solutions/{self.lang}"

    def _solutions(self) -> Iterator[Path]:
        for number in self.route.lessons:
            yield from sorted((self.root / "exercises" / self.lang / "solutions").glob(f"{number}_*.ipynb"))

    def _answers(self) -> Iterator[tuple[str, str]]:
        for path in self._solutions():
            yield path.relative_to(self.root).as_posix(), f"teacher/solution_{path.stem}.html"
        for name in self.plan.worksheets:
            yield f"guide/{self.lang}/worksheet_{name}_answers.pdf", f"teacher/worksheet_{name}_answers.pdf"
        for deck in self.route.items("slides"):
            yield f"slides/{self.lang}/{deck}_notes.pdf", f"teacher/{deck}_notes.pdf"

    def _write_slides(self, to: Path) -> None:
        for name in self.route.items("slides"):
            _tell(f"slides/{name}.html")
            with slides.speaking(self.lang):
                made = slides.Made(decks.find([name])[0], self.lang)
                _save(to / "slides" / f"{name}.html", web_deck.write(made).encode())

    def _write_quiz(self, to: Path) -> None:
        questions = [one for one in quiz_bank.load([], self.lang) if one.lesson in self.route.lessons]
        if not questions:
            return
        for name, makers in quiz_export.FORMATS.items():
            if name == "sheet" or self.teacher:
                for ending, make in makers.items():
                    _tell(f"quiz{ending}")
                    place = "quiz" if name == "sheet" else "teacher"
                    _save(to / place / f"quiz_{self.lang}{ending}", make(questions, self.lang))

    def index(self, to: Path) -> str:
        """Return the first page of the kit: help, the route with its minutes, everything that is in the folder.

        Parameters
        ----------
        to : Path
            The folder of the kit, with all but this page in it.

        Returns
        -------
        str
            HTML.
        """
        _ = partial(gettext, lang=self.lang)
        route = self.route
        parts = [
            f"<h1>{html.escape(route.title)}</h1>",
            f"<p>{html.escape(routes.facts(route, self.lang))} {html.escape(route.aim)}</p>",
            page.markdown_to_html(help_card(lang=self.lang), self.root),
            f"<h2>{html.escape(_('The route'))}</h2><ol>",
            *(self._line(at, step) for at, step in route.timed()),
            f'</ol><p><a href="guide/run_sheet.pdf">{html.escape(_("The run-sheet of this route (PDF)"))}</a></p>',
        ]
        titles = {
            "html": _("Pages to read or show, without installing anything"), "slides": _("Slides"),
            "worksheets": _("Worksheets to print"), "quiz": _("Quiz"), "guide": _("Guide"),
            "teacher": _("For the teacher only: answers"), self.solved: _("For the teacher only: solutions to run"),
        }  # fmt: skip
        for name, title in titles.items():
            files = sorted(path for path in (to / name).glob("*") if path.is_file())
            if files:
                links = "".join(
                    f'<li><a href="{name}/{path.name}">{_title(path)}</a> ({path.suffix[1:]})</li>' for path in files
                )
                parts.append(f"<h2>{html.escape(title)}</h2><ul>{links}</ul>")
        if route.lessons:
            parts.append(page.markdown_to_html(_install(_).format(lang=self.lang), self.root))
        return kit_pages.wrapped(route.title, "\n".join(parts), self.lang)

    def _line(self, at: int, step: routes.Step) -> str:
        title = html.escape(step.title)
        for name, place in self.places.items():
            if step.kind == "lesson" and name.startswith(f"notebooks/{self.lang}/{step.item}_"):
                title = f'<a href="{place}">{title}</a>'
        if step.kind == "worksheet":
            title = f'<a href="worksheets/{step.item}.pdf">{title}</a>'
        return f"<li>{at}–{at + step.whole} · {title}</li>"


def _install(_: Callable[[str], str]) -> str:
    return "\n\n".join(
        (
            "## " + _("To run the notebooks"),
            _("On a computer that has the course: copy the folders `notebooks` and `exercises` and open them there."),
            _("On a computer without network, if this kit has a folder `wheels` and the system is the same:"),
            "    python3 -m venv env\n"
            "    env/bin/python -m pip install --no-index --find-links wheels contrechamp\n"
            "    env/bin/jupyter lab notebooks/{lang}",
            _("(Windows: `py -m venv env`, then `env\\Scripts\\python` and `env\\Scripts\\jupyter`.)"),
            _("To see that no file was changed on the way: `sha256sum -c SHA256SUMS`."),
        )
    )  # fmt: skip


def _title(path: Path) -> str:
    """Return how a file is called in a list, as HTML: its title where it has one, else its name."""
    title = None
    if path.suffix == ".html":
        found = re.search(r"<title>(.*?)</title>", path.read_text(encoding="utf-8"), re.DOTALL)
        title = found and html.unescape(found[1].strip())
    elif path.suffix == ".pdf":
        from pypdf import PdfReader  # of the group `print`, as what sets the quiz

        about = PdfReader(path).metadata
        title = about.title if about else None
    elif path.suffix == ".md":
        title = path.read_text(encoding="utf-8").split("\n", 1)[0].removeprefix("# ")
    return html.escape(title or path.stem.replace("_", " "))


def sums(folder: Path) -> str:
    """Return the SHA-256 of every file of a folder, as ``sha256sum -c`` reads them.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    str
        A line a file, sorted by path; paths are relative to the folder.
    """
    lines = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        lines.append(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n")
    return "".join(lines)


def _zip(folder: Path, top: str, target: Path) -> None:
    """Pack a folder; the dates are fixed, so that equal kits are equal files."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(f"{top}/{path.relative_to(folder).as_posix()}", (2026, 1, 1, 0, 0, 0))
            stored = path.suffix in {".whl", ".pdf", ".pptx"}
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())


def _save(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _tell(what: str) -> None:
    print(f"kit: {what}", file=sys.stderr, flush=True)
