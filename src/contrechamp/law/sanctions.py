"""How a rule and what it threatens are written for readers: the name of a text, years of prison, a currency.

The terminal and the web site write them alike. Not for what a judge decides: a ceiling is no sentence.
"""

from contrechamp import language
from contrechamp.language import gettext


def named(instrument: str, citation: str) -> str:
    """Return the name of a text with the place in it; an act that both name stands once.

    Parameters
    ----------
    instrument, citation : str
        As in ``provisions.csv``, in one language.

    Examples
    --------
    >>> named("Online Safety Act 2023", "Online Safety Act 2023, s.41")
    'Online Safety Act 2023, s.41'
    """
    act, _, rest = citation.partition(", ")
    where = rest if rest and act in instrument else citation
    return ", ".join(part for part in (instrument, where) if part)


def prison(years: float, lang: str) -> str:
    """Return years of prison in words; French has the singular below two.

    Parameters
    ----------
    years : float
        Years, above 0.
    lang : str
        Language of the words.

    Examples
    --------
    >>> prison(1, "en"), prison(0.5, "en"), prison(0.5, "fr"), prison(2, "fr")
    ('1 year', '0.5 years', '0,5 an', '2 ans')
    """
    single = years < 2 if lang == "fr" else years == 1
    says = gettext("{years} year", lang) if single else gettext("{years} years", lang)
    return says.format(years=language.number(years, lang))


def currency(code: str, lang: str) -> str:
    """Return the sign or the code of a currency as the language writes it after a number.

    Examples
    --------
    >>> currency("EUR", "fr"), currency("EUR", "en"), currency("GBP", "fr")
    ('€', 'EUR', 'GBP')
    """
    return "€" if (code, lang) == ("EUR", "fr") else code
