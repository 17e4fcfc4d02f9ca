"""``slides/index``: every deck and every brief, for whom it is, how long it takes, and what can be taken away."""

import html
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from contrechamp import language
from contrechamp.authoring import briefs, catalogue, decks
from contrechamp.authoring import pages as texts
from contrechamp.authoring.briefs import Brief
from contrechamp.authoring.catalogue import Catalogue
from contrechamp.authoring.decks import Deck
from contrechamp.authoring.references import Resolver
from contrechamp.datasets.published import load_all_results
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext
from contrechamp.site.data_pages import size
from contrechamp.site.pages import Page


def pages(root: Path, lang: str) -> Iterator[Page]:
    """Yield the page of the decks and briefs.

    Parameters
    ----------
    root : Path
        The checkout.
    lang : str
        Language of the page.

    Raises
    ------
    ContrechampError
        When a file of a deck or brief is not there, or nobody said for whom it is.
    """
    _ = partial(gettext, lang=lang)
    parts = [
        f"# {_('Slides and briefs')}",
        _(
            "Decks to show and to change: PowerPoint files with their notes inside, the same as PDF, and the notes to "
            "print. Every number has its source on the last slides. No deck shows an image of abuse."
        ),
        _("Before you lead a session, read [how to do it with care](page:guide/care). It takes ten minutes."),
    ]
    parts += [_deck(root, deck, lang) for deck in decks.find()]
    parts.append(f"## {_('Briefs of one page')}")
    parts.append(_("One printed page each, with the date of its knowledge and its sources at the foot."))
    parts += [_brief(root, brief, lang) for brief in briefs.find()]
    parts += [
        f"## {_('With your own template')}",
        _(
            "In the installed course, `contrechamp slides policy_briefing --template {file}` makes a deck in your "
            "own design, and `contrechamp slides policy_briefing --html` one file that any browser shows without a "
            "network."
        ).format(file=_("yours.pptx")),
    ]
    description = _("Decks and one-page briefs for classes, trainers and policymakers, in English and French.")
    yield Page("slides/index", "\n\n".join(parts) + "\n", "slides", description)


def _deck(root: Path, deck: Deck, lang: str) -> str:
    _ = partial(gettext, lang=lang)
    title = _spoken(deck.slides[0].title, deck.relative, lang)
    facts = _("{minutes} minutes, {slides} slides, from the age of {age}. State of knowledge: {date}.").format(
        minutes=deck.meta["minutes"], slides=len(deck.slides), age=deck.meta["min_age"],
        date=language.date(deck.meta["as_of"], lang),
    )  # fmt: skip
    numbers = lessons_of(root, deck.name, lang)
    links = ", ".join(f"[{number}](page:lessons/{number})" for number in numbers)
    lessons = [_("Goes with the lessons {numbers}.").format(numbers=links)] if links else []
    files = _files(
        root, lang, deck.name, title,
        {
            ".pptx": _("PowerPoint, to change"),
            ".pdf": _("PDF, to show"),
            "_notes.pdf": _("PDF with what to say, to print"),
        },
    )  # fmt: skip
    return "\n\n".join([f"## {title}", f"**{_audience(deck.name, lang)}** {facts}", *lessons, files])


def _brief(root: Path, brief: Brief, lang: str) -> str:
    _ = partial(gettext, lang=lang)
    title = _spoken(brief.text.split("\n", 1)[0].removeprefix("# "), brief.relative, lang)
    date = _("State of knowledge: {date}.").format(date=language.date(brief.as_of, lang))
    files = _files(root, lang, brief.name, title, {".pdf": _("PDF, to print"), ".md": _("Markdown, to change")})
    return "\n\n".join([f"### {title}", f"**{_audience(brief.name, lang)}** {date}", files])


def _files(root: Path, lang: str, name: str, title: str, kinds: dict[str, str]) -> str:
    """Return links to the files of a deck or brief, with their sizes; its name is the permanent anchor."""
    rows = []
    for ending, words in kinds.items():
        path = root / "slides" / lang / f"{name}{ending}"
        if not path.is_file():
            place = path.relative_to(root).as_posix()
            raise ContrechampError(f"{place} is missing. Run `contrechamp slides {name}`.")
        said = html.escape(f"{words} ({size(path.stat().st_size, lang)})")
        rows.append(f'<li><a href="/{path.relative_to(root).as_posix()}" download>{said}</a></li>')
    link = html.escape(gettext("Permanent link to “{term}”", lang).format(term=title))
    rows.append(f'<li><a class="cc-permanent" href="#{name}">{link}</a></li>')
    return f'`````{{raw}} html\n<ul class="cc-downloads" id="{name}">\n' + "\n".join(rows) + "\n</ul>\n`````"


def lessons_of(root: Path, deck: str, lang: str) -> list[str]:
    """Return the numbers of the lessons that link a deck, in order."""
    link = f"slides/{lang}/{deck}.pptx"
    found = sorted((root / "notebooks" / lang).glob("[0-9][0-9]_*.ipynb"))
    return [path.name[:2] for path in found if link in path.read_text(encoding="utf-8")]


def _spoken(title: str, source: str, lang: str) -> str:
    book = None if lang == catalogue.languages()[0] else Catalogue(catalogue.path_for(source, lang))
    return texts.prose(title, book, Resolver(lang, load_all_results()), source)


def _audience(name: str, lang: str) -> str:
    _ = partial(gettext, lang=lang)
    said = {
        "class_45": _("For a class without computers."),
        "how_it_works": _("For whoever wants to know how such images come about and spread."),
        "detect_and_mark": _("For whoever must judge a promise about detectors, marks or signatures."),
        "law_and_routes": _("For whoever must know the rules, the clocks and the ways to help."),
        "policy_briefing": _("For people who make policy, and their staff."),
        "train_the_trainers": _("For teachers and trainers who will lead a session."),
        "brief_france": _("For whoever works in France."),
        "brief_parliament": _("For a member of parliament."),
        "brief_school": _("For a head of school."),
        "brief_trust_and_safety": _("For whoever answers for trust and safety at a service."),
    }
    if name not in said:
        raise ContrechampError(f"slides/{name}.md: nobody said for whom it is. Add a line in site/slides_pages.py.")
    return said[name]
