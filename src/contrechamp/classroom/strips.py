"""Strips of numbered pictures for the worksheet on base rates: an alarm above, the truth below, ten strips a round.

Nothing is shown of any picture; a picture is a number. The counts are exact, not drawn by lot, so that the class finds
what the sheet promises; only the order is shuffled, from a fixed seed.
"""

import html
import random
from dataclasses import dataclass

from contrechamp.language import gettext

PICTURES, PER_STRIP = 100, 10
TENTHS_CAUGHT, TENTHS_QUIET = 9, 9  # of ten fakes, of ten camera pictures


@dataclass(frozen=True)
class Picture:
    """One numbered picture.

    Attributes
    ----------
    number : int
        From 1.
    fake : bool
    alarm : bool
        Whether the detector sounds one.
    """

    number: int
    fake: bool
    alarm: bool


def round_of(fakes: int, seed: int) -> list[Picture]:
    """Return a hundred pictures of which `fakes` are fakes, seen by a detector that is right nine times in ten.

    Parameters
    ----------
    fakes : int
        A multiple of ten, from 10 to 90, so that nine tenths are a whole number.
    seed : int
        Decides the order and nothing else.

    Returns
    -------
    list of Picture
        Numbered from 1 to 100 in the shuffled order.
    """
    caught = fakes * TENTHS_CAUGHT // 10
    camera = PICTURES - fakes
    quiet = camera * TENTHS_QUIET // 10
    kinds = [(True, True)] * caught + [(True, False)] * (fakes - caught)
    kinds += [(False, False)] * quiet + [(False, True)] * (camera - quiet)
    random.Random(seed).shuffle(kinds)
    return [Picture(number, fake, alarm) for number, (fake, alarm) in enumerate(kinds, 1)]


ROUNDS = (round_of(10, seed=5), round_of(50, seed=7))

STYLE = """
.round { break-before: page } .round h2 { margin: 0 0 2mm }
table.strip { width: 100%; table-layout: fixed; margin: 0 0 1.5mm; font-size: 7.5pt }
table.strip td, table.strip th { text-align: center; padding: 1mm .3mm; height: 9mm }
table.strip tr.truth td, table.strip tr.truth th { border-top: 1.2pt dashed #1f1f1f; background: #f2f5f9 }
.round { font-size: 8pt }
"""


def pages(lang: str) -> str:
    """Return two pages of strips as HTML, one a round."""
    return "".join(_page(number, pictures, lang) for number, pictures in enumerate(ROUNDS, 1))


def _page(number: int, pictures: list[Picture], lang: str) -> str:
    title = html.escape(gettext("Strips for round {number}. Cut between the strips, fold along the dashes.", lang))
    strips = "".join(_strip(pictures[at : at + PER_STRIP], lang) for at in range(0, PICTURES, PER_STRIP))
    return f'<section class="round"><h2>{title.format(number=number)}</h2>{strips}</section>'


def _strip(pictures: list[Picture], lang: str) -> str:
    alarm, quiet = gettext("▲ alarm", lang), gettext("keeps quiet", lang)
    fake, camera = gettext("a fake", lang), gettext("camera picture", lang)
    upper = "".join(f"<td>{p.number}<br>{f'<b>{alarm}</b>' if p.alarm else quiet}</td>" for p in pictures)
    lower = "".join(f"<td>{f'<b>{fake}</b>' if p.fake else camera}</td>" for p in pictures)
    says, truth = gettext("The detector", lang), gettext("The truth", lang)
    return (
        f'<table class="strip"><tr><th scope="row">{says}</th>{upper}</tr>'
        f'<tr class="truth"><th scope="row">{truth}</th>{lower}</tr></table>'
    )
