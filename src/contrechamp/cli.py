"""The command ``contrechamp``: opens the course, runs a lesson, proves the repository, builds it.

This module only reads the command line and turns errors into sentences; each command lives in the module named in its
handler and is imported when it is called, so that ``contrechamp --help`` costs next to nothing.
"""

import argparse
import difflib
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NoReturn

from contrechamp import __version__, language
from contrechamp.errors import ContrechampError

# Packages of the group `authors`. Students do without them; their absence is no defect and gets a sentence.
_AUTHORS = {"jupytext", "polib", "markdown_it", "yaml"}
_SITE = {"sphinx", "myst_nb", "docutils", "jupyterlite_core"}  # of the group `site`
_PRINT = {"pypandoc", "pptx", "lxml", "weasyprint", "pypdf"}  # of the group `print`

Words = Callable[[str], str]


class _Help(argparse.HelpFormatter):
    """A formatter that writes argparse's word "usage", and the colon after a heading, as the reader's language does."""

    def start_section(self, heading: str | None) -> None:
        _ = _words()
        super().start_section(heading and _("{heading}:").format(heading=heading).removesuffix(":"))  # argparse adds it

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        _ = _words()
        super().add_usage(usage, actions, groups, _("usage:") + " " if prefix is None else prefix)


class _Parser(argparse.ArgumentParser):
    """An argument parser that speaks the reader's language.

    Its errors are exceptions with one plain sentence, instead of a usage dump and an exit.
    """

    def __init__(self, *, prog: str, description: str) -> None:
        super().__init__(prog=prog, description=description, formatter_class=_Help, add_help=False, allow_abbrev=False)
        _ = _words()
        self._positionals.title, self._optionals.title = _("arguments"), _("options")
        self.add_argument("-h", "--help", action="help", help=_("show this help and stop"))

    def error(self, message: str) -> NoReturn:
        _ = _words()
        found = re.fullmatch(r"argument (\S+): expected one argument", message)
        says = f"{message[:1].upper()}{message[1:]}."
        if found:
            says = _("Argument {option}: expected one argument.").format(option=found[1])
        raise ContrechampError(says + " " + _("See: {command}").format(command=f"{self.prog} --help"))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments without the name of the program; those of the process when left out.

    Returns
    -------
    int
        0 when all went well, 1 when what was run has failed (a lesson, a test), 2 when the reader has something to
        mend, 130 when the reader interrupted.
    """
    _speak_utf8()
    try:
        return _run(list(sys.argv[1:] if argv is None else argv))
    except ContrechampError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        _ = _words()
        print(_("Interrupted."), file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        print(f"{error.filename or 'contrechamp'}: {error.strerror or error}.", file=sys.stderr)
        return 2


def _run(argv: list[str]) -> int:
    lang, _ = language.system(), _words()
    argv, rest = _split(argv)
    parser, commands = _parser(_)
    command = next((word for word in argv if not word.startswith("-")), None)
    if command is not None and command not in commands:
        raise ContrechampError(_unknown(_("There is no command {name}."), command, list(commands), _))
    args, strangers = parser.parse_known_args(argv)
    if command is None:
        parser.print_help()
        return 0
    if strangers and not strangers[0].startswith("-"):
        raise ContrechampError(
            _("`contrechamp {command}` does not take {word}.").format(command=command, word=strangers[0])
        )
    if strangers:
        known = [option for action in commands[command]._actions for option in action.option_strings]
        options = [option for option in known if option.startswith("--")]
        raise ContrechampError(_unknown(_("There is no option {name}."), strangers[0], options, _))
    if rest and command != "test":
        raise ContrechampError(_("Only `contrechamp test` takes arguments after `--`."))
    args.rest = rest
    args.language = _language(getattr(args, "lang", None), lang, _)
    return args.handler(args)


def _words(lang: str | None = None) -> Words:
    """Return the function that translates messages of the command line."""
    return partial(language.gettext, lang=lang or _language(None, language.system(), str))


def _split(argv: list[str]) -> tuple[list[str], list[str]]:
    """Cut the arguments at the first ``--``: ours before it, pytest's after it."""
    if "--" not in argv:
        return argv, []
    cut = argv.index("--")
    return argv[:cut], argv[cut + 1 :]


def _unknown(says: str, name: str, known: list[str], _: Words) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = [_("Did you mean {name}?").format(name=near[0])] if near else []
    return " ".join([says.format(name=name), *hint, _("Known: {names}.").format(names=", ".join(known))])


def _language(asked: str | None, system: str, _: Words) -> str:
    """Return the language asked for, else ``CONTRECHAMP_LANG``, else the system's."""
    known = language.languages()
    if asked is None:
        wished = os.environ.get("CONTRECHAMP_LANG", "")[:2].lower()
        return wished if wished in known else system
    if asked.lower() not in known:
        raise ContrechampError(_unknown(_("There is no language {name}."), asked, known, _))
    return asked.lower()


def _speak_utf8() -> None:
    """Write UTF-8 whatever the console's code page: French needs it and Windows pipes do not have it."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure") and (stream.encoding or "").lower().replace("-", "") != "utf8":
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _parser(_: Words) -> tuple[_Parser, dict[str, _Parser]]:
    """Return the parser and its commands."""
    parser = _Parser(prog="contrechamp", description=_("A course on generative image abuse, in English and French."))
    parser.add_argument(
        "--version", action="version", version=f"contrechamp {__version__}", help=_("show the version and stop")
    )
    made = parser.add_subparsers(dest="command", metavar=_("COMMAND"), title=_("commands"))
    commands: dict[str, _Parser] = {}

    def command(name: str, handler: Callable[[argparse.Namespace], int], says: str) -> Callable[..., argparse.Action]:
        commands[name] = made.add_parser(name, help=says, description=says)
        commands[name].set_defaults(handler=handler)
        return commands[name].add_argument

    speaks = _("language of the lessons, for example fr (left out: the system's)")
    add = command("lab", _lab, _("copy the lessons into work/ and open them in JupyterLab"))
    add("--lang", metavar="LANG", help=speaks)
    add("--no-browser", action="store_true", help=_("print the address and open no browser"))
    add("--port", metavar="N", type=_port, help=_("port to listen on (left out: the first free one from 8888)"))
    add("--work", metavar=_("FOLDER"), help=_("folder to work in (left out: work/ in the repository)"))
    add = command("run", _page, _("run one lesson and write it as one HTML page that opens offline"))
    add("lesson", metavar="NN", nargs="?", help=_("number of the lesson, for example 02"))
    add("--lang", metavar="LANG", help=speaks)
    add("--output", metavar=_("FILE"), help=_("page to write (left out: work/NN_slug.LANG.html)"))
    add = command("test", _prove, _("check every claim of the repository (arguments after -- go to pytest)"))
    add("--fast", action="store_true", help=_("leave out the tests that take more than ten CPU seconds"))
    add = command("build", _build, _("authors: build notebooks and exercises from their sources"))
    add("lessons", metavar="NN", nargs="*", help=_("numbers of lessons (left out: all)"))
    add("--check", action="store_true", help=_("only say whether what is committed is up to date"))
    add = command("slides", _slides, _("authors and trainers: make the slides as PowerPoint and PDF"))
    add("decks", metavar=_("NAME"), nargs="*", help=_("names of decks, for example policy_briefing (left out: all)"))
    add("--lang", metavar="LANG", help=_("language of the slides (left out: all)"))
    add("--template", metavar=_("FILE"), help=_("your own PowerPoint template (.pptx)"))
    add("--output", metavar=_("FOLDER"), help=_("folder for slides with your template or in HTML (left out: this one)"))
    add("--html", action="store_true", help=_("write one HTML file a deck, which opens offline"))
    add = command("quiz-export", _quiz_export, _("teachers: write the questions for Moodle, as GIFT and on paper"))
    add("lessons", metavar="NN", nargs="*", help=_("numbers of lessons (left out: all)"))
    add("--lang", metavar="LANG", help=speaks)
    add("--format", metavar=_("NAME"), help=_("moodle, gift, sheet or key (left out: all)"))
    add("--output", metavar=_("FOLDER"), help=_("folder to write into (left out: this one)"))
    add = command("kit", _kit, _("teachers: pack all that a route needs into a folder and a zip, for a room offline"))
    add("--route", metavar=_("NAME"), help=_("forty-five-minutes, two-hours, one-day or fifteen-hours"))
    add("--lang", metavar="LANG", help=speaks)
    add("--age", metavar="N", type=_age, help=_("age of the youngest person in the room"))
    add("--for", dest="reader", metavar=_("NAME"), help=_("students or teacher, whose kit has the answers"))
    add("--offline", action="store_true", help=_("add the packages for an installation without network"))
    add("--output", metavar=_("FOLDER"), help=_("folder to write into (left out: this one)"))
    add = command("site", _site, _("authors: write the web site, in both languages, into a folder"))
    add("--output", metavar=_("FOLDER"), help=_("folder to write (left out: site)"))
    add("--url", metavar="URL", help=_("address at which it will be published, for the sitemap and cards"))
    add("--in-browser", action="store_true", help=_("add the lessons that run in the browser"))
    add = command("before-after", _before_after, _("teachers: what a group knew before and after, from ten people on"))
    add("file", metavar=_("FILE"), nargs="?", help=_("CSV file with the columns code, when, item, choice"))
    add("--lang", metavar="LANG", help=speaks)
    command("sheets", _sheets, _("authors: make the run-sheets and worksheets as PDF"))
    add = command("translate", _translate, _("authors: bring the translators' catalogues up to date"))
    add("lessons", metavar="NN", nargs="*", help=_("numbers of lessons (left out: all)"))
    add = command("stale", _stale, _("list the facts that were checked too long ago"))
    add("--days", metavar="N", type=_days, help=_("how many days are too long"))
    add = command("law", _law, _("show, search and compare legal records, and compute deadlines (no legal advice)"))
    add("action", metavar=_("ACTION"), nargs="?", default="", help=_("show, search, compare or deadline"))
    add("words", metavar=_("WORD"), nargs="*", help=_("ids, words, places, or a record and a moment"))
    add("--as-of", metavar=_("DAY"), help=_("day on which the state is judged, for example 2026-12-02"))
    add("--tz", metavar=_("ZONE"), help=_("time zone of the moment, for example Europe/Paris"))
    add("--material", metavar=_("CODE"), help=_("compare: material, for example child_sexual"))
    add("--json", action="store_true", help=_("print JSON instead of tables"))
    add("--lang", metavar="LANG", help=speaks)
    add = command("grade", _grade, _("teachers: grade what a class handed in, without running it"))
    add("place", metavar=_("HAND-INS"), help=_("folder, zip file (also Moodle's), notebook, or a folder of results"))
    add("--lesson", metavar="NN", help=_("number of the lesson, for example 02"))
    add("--out", metavar=_("FOLDER"), help=_("folder for the results, new or to be continued (left out: grades_NN)"))
    add("--marks", metavar=_("FILE"), help=_("the table to_mark.csv with the points that you gave"))
    add("--worksheet", metavar=_("FILE"), help=_("Moodle's grading worksheet, to be filled in"))
    add("--seed", metavar=_("TEXT"), help=_("the secret seed of your class's own paper"))
    add(
        "--code", action="store_true", help=_("run the notebooks in a sandbox (Linux) instead of reading their outputs")
    )
    add("--trust", action="store_true", help=_("with --code: run them without a sandbox; for your own files only"))
    add("--jobs", metavar="N", type=_jobs, help=_("how many hand-ins at a time"))
    add("--lang", metavar="LANG", help=_("your language, for example fr (left out: the system's)"))
    add = command("paper", _paper, _("teachers: make an exercise with numbers of your class's own, and its key"))
    add("--lesson", metavar="NN", required=True, help=_("number of the lesson, for example 02"))
    add("--seed", metavar=_("TEXT"), help=_("the secret that decides the numbers (left out: a new one)"))
    add("--out", metavar=_("FOLDER"), help=_("folder to write, which is not there yet (left out: paper_NN_CODE)"))
    add("--lang", metavar="LANG", help=_("your language, for example fr (left out: the system's)"))
    add = command("forget", _forget, _("teachers: delete the results of a class"))
    add("place", metavar=_("FOLDER"), help=_("folder of results that grade has written"))
    add("--yes", action="store_true", help=_("do not ask"))
    add("--lang", metavar="LANG", help=_("your language, for example fr (left out: the system's)"))
    add = command("data", _data, _("make the shipped pictures again and compare them with their recipes"))
    add("action", metavar="rebuild", help=_("the word rebuild"))
    add("--write", action="store_true", help=_("authors: write the pictures and their manifest instead of comparing"))
    return parser, commands


def _whole(text: str, option: str, low: int, high: int) -> int:
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        _ = _words()
        raise ContrechampError(
            _("{option} takes a whole number from {low} to {high}, not {text}.").format(
                option=option, low=low, high=high, text=text
            )
        )
    return int(text)


def _port(text: str) -> int:
    return _whole(text, "--port", 1, 65_535)


def _days(text: str) -> int:
    return _whole(text, "--days", 1, 36_500)


def _jobs(text: str) -> int:
    return _whole(text, "--jobs", 1, 64)


def _age(text: str) -> int:
    return _whole(text, "--age", 1, 120)


def _lab(args: argparse.Namespace) -> int:
    from contrechamp import lab

    return lab.main(args.language, browser=not args.no_browser, port=args.port, work=args.work)


def _page(args: argparse.Namespace) -> int:
    from contrechamp import page

    return page.main(args.lesson, args.language, args.output)


def _prove(args: argparse.Namespace) -> int:
    from contrechamp import proof

    return proof.main(args.fast, args.rest)


def _build(args: argparse.Namespace) -> int:
    return _with_authors_packages("contrechamp.authoring.build", args.lessons, args.check)


def _slides(args: argparse.Namespace) -> int:
    langs = [args.language] if args.lang else None
    return _with_authors_packages(
        "contrechamp.authoring.slides", args.decks, langs, args.template, args.output, args.html
    )


def _quiz_export(args: argparse.Namespace) -> int:
    formats = [args.format] if args.format else None
    return _with_authors_packages(
        "contrechamp.classroom.quiz_export", args.lessons, args.language, formats, args.output
    )


def _kit(args: argparse.Namespace) -> int:
    return _with_authors_packages(
        "contrechamp.classroom.kit", args.route, args.language, args.age, args.reader, args.offline, args.output
    )


def _site(args: argparse.Namespace) -> int:
    return _with_authors_packages("contrechamp.site.command", args.language, args.output, args.url, args.in_browser)


def _before_after(args: argparse.Namespace) -> int:
    return _with_authors_packages("contrechamp.classroom.before_after", args.file, args.language)


def _sheets(args: argparse.Namespace) -> int:
    return _with_authors_packages("contrechamp.classroom.printed")


def _translate(args: argparse.Namespace) -> int:
    return _with_authors_packages("contrechamp.authoring.catalogue", args.lessons)


def _grade(args: argparse.Namespace) -> int:
    from contrechamp.grading import grade

    return grade.main(
        args.place,
        args.language,
        lesson=args.lesson,
        out=args.out,
        marked=args.marks,
        worksheet=args.worksheet,
        seed=args.seed,
        code=args.code,
        trust=args.trust,
        jobs=args.jobs,
    )


def _paper(args: argparse.Namespace) -> int:
    from contrechamp.grading import paper

    return paper.main(args.lesson, args.language, seed=args.seed, out=args.out)


def _forget(args: argparse.Namespace) -> int:
    from contrechamp.grading import forget

    return forget.main(args.place, args.language, yes=args.yes)


def _data(args: argparse.Namespace) -> int:
    if args.action != "rebuild":
        _ = _words()
        raise ContrechampError(_("`contrechamp data` knows one action: rebuild, not {word}.").format(word=args.action))
    from contrechamp.imaging import samples

    return samples.main(args.write)


def _law(args: argparse.Namespace) -> int:
    from contrechamp.law import terminal

    return terminal.main(
        args.action,
        args.words,
        args.language,
        as_of=args.as_of,
        tz=args.tz,
        material=args.material,
        as_json=args.json,
    )


def _stale(args: argparse.Namespace) -> int:
    from contrechamp.datasets import stale

    return stale.main() if args.days is None else stale.main(args.days)


def _with_authors_packages(module: str, *arguments: object) -> int:
    """Call ``main`` of a module that needs the groups `authors` and `print`, or say how to install them."""
    import importlib

    try:
        return importlib.import_module(module).main(*arguments)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in _AUTHORS | _PRINT | _SITE:
            raise
        _ = _words()
        group = "authors" if package in _AUTHORS else "print" if package in _PRINT else "site"
        raise ContrechampError(
            _(
                "This command needs the packages of the group {group} ({name} is missing). "
                "In the repository, type: uv sync --group {group}"
            ).format(name=error.name, group=group)
        ) from None


if __name__ == "__main__":
    sys.exit(main())
