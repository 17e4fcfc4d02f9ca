"""The words of the site's frame, in the reader's language: what stands on every page around its text."""

from functools import partial

from contrechamp.language import gettext


def words(lang: str) -> dict[str, str]:
    """Return the words that the templates use, by the name that they have there.

    Parameters
    ----------
    lang : str
        Language code.
    """
    _ = partial(gettext, lang=lang)
    return {
        "about": _("About this site"),
        "auto": _("as the system"),
        "card": _("Contrechamp: a tested course on generative image abuse"),
        "colours": _("Colours"),
        "course": _("The course"),
        "dark": _("dark"),
        "find": _("Find"),
        "help": _("Help now"),
        "help_bar": _("Help and language"),
        "help_lines": _("{help}: 3018; in danger, 17 or 112 (France)").format(help=""),
        "leave": _("Leave this site"),
        "licence": _("The Contrechamp authors. Text: CC BY 4.0. Code: BSD-3-Clause."),
        "light": _("light"),
        "menu": _("Menu"),
        "no_advice": _("Information, not legal advice."),
        "on_this_page": _("On this page"),
        "search": _("Search"),
    }
