"""Addresses that others may link, and that therefore never vanish: ``permanent.csv``.

An address is the name of a page (``lessons/02``), or a page and an anchor (``quiz/02#q-02.a``): questions, figures,
provisions and proceedings, words of the glossary, decks. The list only grows. After something was added, write it again
with ``python -m contrechamp.site.permanent``; nothing is ever taken out of it, and a test says when a page or an anchor
of it is gone.
"""

import csv
import io
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from contrechamp import files, language
from contrechamp.authoring import sources
from contrechamp.datasets import frames
from contrechamp.errors import ContrechampError
from contrechamp.site.pages import Page

LIST = Path(__file__).parent / "permanent.csv"
_HEAD = ["kind", "address"]
_RECORDS = (("awareness", "statistics"), ("law", "provisions"), ("law", "proceedings"))
_ID = re.compile(r'<[^>]+ id="([^"]+)"')
_LINK = re.compile(r'class="cc-permanent" href="#([^"]+)"')


def addresses(pages: Mapping[str, Page]) -> list[str]:
    """Return the permanent addresses of a language's pages, sorted.

    Parameters
    ----------
    pages : mapping
        All pages by name. An anchor is permanent when its page shows a permanent link to it, or when it is the id of a
        record.
    """
    records = {record["id"] for package, table in _RECORDS for record in frames.rows(package, table)}
    found = set(pages)
    for name, page in pages.items():
        ids = set(_ID.findall(page.source))
        found |= {f"{name}#{one}" for one in ids & (records | set(_LINK.findall(page.source)))}
    return sorted(found)


def kind(address: str) -> str:
    """Return what an address names.

    Examples
    --------
    >>> [kind(one) for one in ("lessons/02", "quiz/02#q-02.a", "guide/glossary#term-prnu", "law/fr#fr-cp-226-8-1")]
    ['page', 'question', 'term', 'record']
    """
    page, _, anchor = address.partition("#")
    if not anchor:
        return "page"
    return {"quiz": "question", "guide": "term", "slides": "deck"}.get(page.split("/")[0], "record")


def read() -> list[str]:
    """Return the addresses of the list.

    Raises
    ------
    ContrechampError
        When the file is not as it was written.
    """
    rows = list(csv.reader(io.StringIO(LIST.read_text(encoding="utf-8")))) if LIST.is_file() else [_HEAD]
    if rows[:1] != [_HEAD] or any(len(row) != 2 or row[0] != kind(row[1]) for row in rows[1:]):
        raise ContrechampError(f"site/{LIST.name} is not a list of kinds and addresses. Restore it with git.")
    return [row[1] for row in rows[1:]]


def lost(kept: Iterable[str], there: Iterable[str]) -> list[str]:
    """Return the addresses of a list that no page has any more."""
    return sorted(set(kept) - set(there))


def written(kept: Iterable[str], there: Iterable[str]) -> str:
    """Return the list with what is new added, and nothing taken out.

    Examples
    --------
    >>> written(["help"], ["about"]).split()
    ['kind,address', 'page,about', 'page,help']
    """
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(_HEAD)
    table.writerows([kind(one), one] for one in sorted(set(kept) | set(there)))
    return out.getvalue()


def main() -> int:
    """Add to the list what the pages of the checkout have; name what is gone; return the exit status."""
    from contrechamp.site import command

    there = addresses(command.collect(sources.root(), language.languages()[0]))
    kept = read()
    files.replace(LIST, written(kept, there).encode())
    print(f"{len(set(there) - set(kept))} addresses added, {len(kept)} kept.")
    for one in lost(kept, there):
        print(f"{one} is gone, and others may link it. Give it back.", file=sys.stderr)
    return 1 if lost(kept, there) else 0


if __name__ == "__main__":
    sys.exit(main())
