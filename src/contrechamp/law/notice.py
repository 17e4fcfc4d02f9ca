"""A notice to a platform under article 16 of the Digital Services Act: what it must hold, checked before it is sent.

A notice that is precise can make the host aware of the content; an imprecise one starts nothing. Nothing is sent from
here, no picture is attached, and nothing of a minor is copied. Follows the record ``eu-dsa-16``. Not legal advice.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from contrechamp.language import gettext as _

#: Words that only say that something is wrong; a reason says what and why.
_BARE = re.compile(
    r"^(it is |c'est )?(illegal|illicite|fake|a fake|faux|un faux|please remove|retirez[- ]?le)[.! ]*$", re.I
)
_FEWEST_WORDS = 8


@dataclass(frozen=True)
class Notice:
    """A notice of illegal content, as typed into a form.

    Attributes
    ----------
    reasons : str
        Why the content is held to be illegal: what it shows or does, and which rule is thought to be broken.
    url : str
        The exact electronic location: the address of the post, not of the site or the account.
    name, email : str
        Of whoever notifies. Not asked where an offence against minors is reported.
    good_faith : bool
        The statement that what is said is believed to be accurate and complete.
    about_a_minor : bool
        Whether the content concerns the sexual abuse or exploitation of a minor.
    attachment : str
        A file that somebody wants to add; empty is right.
    """

    reasons: str = ""
    url: str = ""
    name: str = ""
    email: str = ""
    good_faith: bool = False
    about_a_minor: bool = False
    attachment: str = ""


def missing(notice: Notice, *, lang: str | None = None) -> list[str]:
    """Return what the notice lacks, one sentence each; an empty list when it holds what article 16 asks for.

    Parameters
    ----------
    notice : Notice
        The notice.
    lang : str, optional
        Language of the sentences; the reader's language when left out.

    Returns
    -------
    list of str
        Sentences to the person who writes.

    Examples
    --------
    >>> for sentence in missing(Notice(reasons="It is fake.", url="https://network.example"), lang="en"):
    ...     print(sentence)
    Say why: what the content shows or does, and which rule you think it breaks.
    Give the exact address of the post, not of the site or the account.
    Give your name.
    Give an e-mail address, to which the receipt and the decision can go.
    State that you believe in good faith that what you say is accurate and complete.

    Where an offence against a minor is reported, the name may be left out, and nothing is attached:

    >>> said = "A sexual picture of a pupil of fourteen in a public post; article 227-23 of the French Penal Code."
    >>> missing(Notice(said, "https://network.example/post/17", good_faith=True, about_a_minor=True), lang="en")
    []
    """
    found = []
    if _BARE.match(notice.reasons.strip()) or len(notice.reasons.split()) < _FEWEST_WORDS:
        found.append(_("Say why: what the content shows or does, and which rule you think it breaks.", lang))
    if not _exact(notice.url):
        found.append(_("Give the exact address of the post, not of the site or the account.", lang))
    if not notice.about_a_minor:
        if not notice.name.strip():
            found.append(_("Give your name.", lang))
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", notice.email.strip()):
            found.append(_("Give an e-mail address, to which the receipt and the decision can go.", lang))
    if not notice.good_faith:
        found.append(_("State that you believe in good faith that what you say is accurate and complete.", lang))
    if notice.attachment:
        found.append(_attached(notice, lang))
    return found


def written(notice: Notice, *, lang: str | None = None) -> str:
    """Return the notice as a text to be pasted into the platform's form.

    Parameters
    ----------
    notice : Notice
        The notice.
    lang : str, optional
        The reader's language when left out.

    Returns
    -------
    str
        Lines of text; what is empty in the notice is left out.

    Examples
    --------
    >>> print(written(Notice("A sexual fake of an adult.", "https://network.example/post/17"), lang="en"))
    Notice of illegal content (Regulation (EU) 2022/2065, article 16)
    Address: https://network.example/post/17
    Reasons: A sexual fake of an adult.
    """
    lines = [
        _("Notice of illegal content (Regulation (EU) 2022/2065, article 16)", lang),
        _("Address: {url}", lang).format(url=notice.url),
        _("Reasons: {reasons}", lang).format(reasons=notice.reasons),
    ]
    if notice.name:
        lines.append(_("From: {name}, {email}", lang).format(name=notice.name, email=notice.email))
    if notice.good_faith:
        lines.append(_("I believe in good faith that this notice is accurate and complete.", lang))
    return "\n".join(lines)


def _exact(url: str) -> bool:
    """Say whether an address leads to one post: a page below the site, not an account or a search."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:  # brackets without an address between them
        return False
    steps = [step for step in parts.path.split("/") if step]
    one_post = len(steps) >= 2 or bool(steps and re.search(r"\d{4,}", steps[-1])) or bool(re.search(r"\d", parts.query))
    return parts.scheme in ("http", "https") and "." in parts.netloc and one_post and "search" not in parts.path


def _attached(notice: Notice, lang: str | None) -> str:
    if notice.about_a_minor:
        return _("Take the file out: nothing that shows a minor is copied, captured or sent, not even as proof.", lang)
    return _("Take the file out: the address is enough, and each copy is one more copy.", lang)
