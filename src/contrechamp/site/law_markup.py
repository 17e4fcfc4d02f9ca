"""HTML of the law browser: tables that scroll in a region of their own, forms with labels, blocks for MyST."""

import html
from collections.abc import Iterable, Mapping

from contrechamp.site.law_records import Records

#: Front matter of a page that needs the whole width for its tables: no list of its headings at the side.
WIDE = "---\nhtml_theme.sidebar_secondary.remove: true\n---\n"


def raw(*parts: str) -> str:
    """Return a block of HTML for a page in MyST Markdown."""
    return "```{raw} html\n" + "\n".join(parts) + "\n```\n"


def text(words: str) -> str:
    """Return words as HTML."""
    return html.escape(words, quote=True)


def link(address: str, words: str, *, outside: bool = False) -> str:
    """Return a link; one that leads outside does not tell the other site where it stood."""
    mark = ' rel="noreferrer"' if outside else ""
    return f'<a href="{text(address)}"{mark}>{text(words)}</a>'


def line(name: str, value: str, records: Records) -> str:
    """Return a line "name: value", or nothing when there is no value; `value` is HTML already."""
    _ = records.word
    named = _("{name}:").format(name=name)
    return f'<p><span class="law-name">{text(named)}</span> {value}</p>' if value else ""


def table(title: str, heads: list[str], rows: Iterable[str], *, kind: str = "", hide_title: bool = False) -> str:
    """Return a table in a region that can be scrolled with the keyboard.

    Parameters
    ----------
    title : str
        The caption, which also names the region.
    heads : list of str
        Headings of the columns.
    rows : iterable of str
        Rows made by `row`.
    kind : str
        A class more.
    hide_title : bool, default False
        Whether the caption is for screen readers only, where the heading above says the same.
    """
    head = "".join(f'<th scope="col" role="columnheader">{text(name)}</th>' for name in heads)
    seen = ' class="law-unseen"' if hide_title else ""
    return "\n".join(
        [
            f'<div class="law-scroll" tabindex="0" role="region" aria-label="{text(title)}">',
            f'<table class="law-table{" " + kind if kind else ""}" role="table">',
            f"<caption{seen}>{text(title)}</caption>",
            f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>',
            '<tbody role="rowgroup">',
            *rows,
            "</tbody></table></div>",
        ]
    )


def row(heads: list[str], cells: list[str], attributes: Mapping[str, str] | None = None) -> str:
    """Return a row; the first cell is its heading, and each other cell carries its column's name for narrow screens."""
    more = "".join(f' {name}="{text(value)}"' for name, value in (attributes or {}).items())
    rest = "".join(
        f'<td role="cell" data-label="{text(head)}">{cell}</td>'
        for head, cell in zip(heads[1:], cells[1:], strict=True)
    )
    return f'<tr role="row"{more}><th scope="row" role="rowheader">{cells[0]}</th>{rest}</tr>'


def select(name: str, label: str, choices: Mapping[str, str], *, first: str | None = None, chosen: str = "") -> str:
    """Return a labelled list of choices.

    Parameters
    ----------
    name : str
        Name of the field in the address.
    label : str
        What stands above it.
    choices : mapping
        From a value to its words.
    first : str, optional
        Words of the choice that chooses nothing.
    chosen : str
        The value chosen at first.
    """
    options = [] if first is None else [f'<option value="">{text(first)}</option>']
    for value, words in choices.items():
        mark = ' selected=""' if value == chosen else ""
        options.append(f'<option value="{text(value)}"{mark}>{text(words)}</option>')
    return _field(name, label, f'<select id="law-{name}" name="{name}">{"".join(options)}</select>')


def entry(name: str, label: str, kind: str, attributes: Mapping[str, str] | None = None) -> str:
    """Return a labelled field to type into."""
    more = "".join(f' {key}="{text(value)}"' for key, value in (attributes or {}).items())
    return _field(name, label, f'<input id="law-{name}" name="{name}" type="{kind}" autocomplete="off"{more}/>')


def form(name: str, legend: str, parts: Iterable[str]) -> str:
    """Return a form that stays hidden until its script is there."""
    return (
        f'<form id="{name}" class="law-form" hidden="" novalidate=""><fieldset><legend>{text(legend)}</legend>'
        f"{''.join(parts)}</fieldset></form>"
    )


def _field(name: str, label: str, control: str) -> str:
    return f'<div class="law-field"><label for="law-{name}">{text(label)}</label>{control}</div>'
