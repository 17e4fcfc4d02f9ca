"""Read the prose of the course for what no test of code can see: typed digits, missing and unfaithful translations."""

from contrechamp.authoring import briefs, catalogue, comments, digits, proofreading, sources
from contrechamp.authoring.catalogue import Catalogue, Term
from contrechamp.authoring.course import Course


def of_sources(course: Course) -> list[str]:
    """Return the problems of the English sources: digits that are no reference."""
    reviewed = digits.load_reviewed(sources.root())
    found = []
    for source in course.lessons + course.exercises:
        for number, cell in enumerate(source.cells, 1):
            if cell.cell_type == "markdown":
                found += digits.digit_problems(cell.source, allowed=reviewed, where=f"{source.relative}, cell {number}")
        for check_id, rule in source.drawn.items():
            where = f"{source.relative}, drawn {check_id}"
            found += digits.digit_problems(rule.get("text", ""), allowed=reviewed, where=where)
    for page in course.pages:
        found += digits.digit_problems(page.text, allowed=reviewed, where=page.relative)
    for deck in course.decks:
        if isinstance(deck, briefs.Brief):  # a page of prose, without slides
            found += digits.digit_problems(deck.text, allowed=reviewed, where=deck.relative)
            continue
        for number, slide in enumerate(deck.slides, 1):
            for text in (f"## {slide.title}", slide.body, slide.notes):
                where = f"{deck.relative}, slide {number}"
                found += digits.digit_problems(text, allowed=reviewed, where=where)
    for _, term in _pairs(course):
        if term.note.startswith(("quiz", "check", "route", "figure", "table heading")):
            found += digits.digit_problems(term.text, allowed=reviewed, where=f"{term.where}, {term.note}")
    return list(dict.fromkeys(found))


def of_translations(course: Course) -> list[str]:
    """Return the problems of the catalogues: missing, out of date, or unlike the English.

    They do not stop a build, so that an English author sees the English result; they make it end in red.
    """
    found = [problem for lang in course.languages[1:] for problem in _of_language(course, lang)]
    if found:
        found.append("Run `contrechamp translate`, then complete the catalogues named above.")
    return list(dict.fromkeys(found))


def _pairs(course: Course) -> list[tuple[str, Term]]:
    return list(course.terms()) + [("messages", term) for term in catalogue.of_messages()]


def _of_language(course: Course, lang: str) -> list[str]:
    reviewed, pairs = digits.load_reviewed(sources.root()), _pairs(course)
    unreferenced = {"messages", *(card.relative for card in course.cards)}  # a card counts the files beside it
    found = []
    names = dict.fromkeys(name for name, _ in pairs)  # each catalogue is read once, not once for each of its terms
    books = {name: course.catalogues.get((name, lang)) or Catalogue(catalogue.path_for(name, lang)) for name in names}
    for name, book in books.items():
        terms = catalogue.unique(term for other, term in pairs if other == name)
        found += book.problems(terms)
        for term in terms:
            translation = book.get(term.text)
            if translation is None:
                continue
            where = f"{term.where}, {lang}, {term.text[:40]!r}"
            found += [f"{where}: {problem}" for problem in proofreading.problems(term.text, translation, lang)]
            if name not in unreferenced and term.note not in ("heading", comments.KIND):
                found += digits.digit_problems(translation, allowed=reviewed, where=where)
    return found
