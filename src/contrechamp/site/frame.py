"""What the site asks of Sphinx beyond the theme: links, formulas as MathML, captions of code, the words of each page.

A Sphinx extension. Formulas need no script and no font of ours: browsers draw MathML, and screen readers read it.
"""

import posixpath
import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from contrechamp.language import gettext
from contrechamp.page import formula
from contrechamp.site.stage import FILE, PAGE
from contrechamp.site.words import words

_HREF = re.compile(rf'(?<= )(href|src)="({PAGE}|{FILE}):([^"]*)"')


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_config_value("cc_site", {}, "env")
    app.add_html_math_renderer("mathml", inline_renderers=(_inline, None), block_renderers=(_block, None))
    app.connect("doctree-resolved", _lead)
    app.connect("doctree-resolved", _caption)
    app.connect("html-page-context", _context)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _inline(self: Any, node: nodes.math) -> None:
    self.body.append(formula(node.astext(), "inline"))
    raise nodes.SkipNode


def _block(self: Any, node: nodes.math_block) -> None:
    self.body.append(f'<div class="cc-formula" tabindex="0">{formula(node.astext(), "block")}</div>')
    raise nodes.SkipNode


def address(here: str, scheme: str, target: str) -> str:
    """Return a resolved link as seen from the page `here`.

    Examples
    --------
    >>> address("lessons/02", "cc-page", "quiz/02#q-02-a"), address("lessons/02", "cc-file", "slides/en/x.pptx")
    ('../quiz/02.html#q-02-a', '../../files/slides/en/x.pptx')
    """
    folder = posixpath.dirname(here)
    if scheme == FILE:
        return posixpath.relpath(f"../files/{target}", folder or ".")
    name, mark, anchor = target.partition("#")
    return posixpath.relpath(f"{name}.html", folder or ".") + mark + anchor


def _lead(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for node in doctree.findall(nodes.reference):
        scheme, _, target = node.get("refuri", "").partition(":")
        if scheme in (PAGE, FILE):
            node["refuri"] = address(docname, scheme, target)
            node["internal"] = True
            node["classes"] = [name for name in node["classes"] if name != "external"]
    for raw in doctree.findall(nodes.raw):
        text = _HREF.sub(lambda one: f'{one[1]}="{address(docname, one[2], one[3])}"', raw.astext())
        raw.children = [nodes.Text(text)]


def _caption(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Give each cell of code a caption with its number, so that people can speak of it and a screen reader names it."""
    number = 0
    for cell in list(doctree.findall(nodes.container)):
        if "cell_output" in cell["classes"]:
            _result(cell, number, app.config.language)
        if "cell_input" not in cell["classes"]:
            continue
        number += 1
        for block in list(cell.findall(nodes.literal_block)):
            says = gettext("Cell {number}", app.config.language).format(number=number)
            names = [f"cell-{number}"]
            wrapper = nodes.container("", literal_block=True, classes=["literal-block-wrapper"], ids=names)
            wrapper += nodes.caption(says, says)
            block.replace_self(wrapper)
            wrapper += block


def _result(output: nodes.container, number: int, lang: str) -> None:
    """Say where the code ends and its result begins, which others see by its ground, and say a picture's finding once.

    The sentence under a picture has the words of its description: whoever hears the one need not hear the other.
    """
    for picture in list(output.findall(nodes.image)):
        said = " ".join(gettext("Figure: {text}", lang).format(text=picture.get("alt", "")).split())
        for block in list(output.findall(nodes.literal_block)):
            if " ".join(block.astext().split()) == said:
                place, opening = block.parent.index(block), '<div aria-hidden="true">'
                block.parent.insert(place + 1, nodes.raw("", "</div>", format="html"))
                block.parent.insert(place, nodes.raw("", opening, format="html"))
    says = gettext("Result of cell {number}", lang).format(number=number)
    output.insert(0, nodes.paragraph(says, says, classes=["cc-unseen"]))


def _context(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    site, lang = app.config.cc_site, app.config.language
    up = posixpath.relpath("..", posixpath.dirname(pagename) or ".")
    context["cc"] = words(lang)
    context["cc_up"] = up
    context["cc_languages"] = [
        (code, name, f"{up}/{code}/{pagename}.html") for code, name in site["languages"].items() if code != lang
    ]
    context["cc_here"] = f"{lang}/{pagename}.html"
    context["cc_url"] = site["url"]
    context["cc_all"] = [(code, f"{code}/{pagename}.html") for code in site["languages"]]
    context["cc_description"] = site["descriptions"].get(pagename, "")
    context["cc_exit"] = site["exit"]
    context["cc_nav"] = site["tree"]
    context["cc_title"] = lambda entry: entry.title or app.env.titles[entry.name].astext()
    for script in (*site["scripts"].get(pagename, ()), *(["search.js"] if pagename == "search" else [])):
        app.add_js_file(script, loading_method="defer")
    if pagename != "search":  # there, one script needs the others at once
        context["script_files"] = [_deferred(script) for script in context["script_files"]]


def _deferred(script: Any) -> Any:
    """Return a script of Sphinx that waits until the page is drawn; the given one, which all pages share, stays."""
    if not hasattr(script, "attributes"):
        return script
    return type(script)(script.filename, priority=script.priority, **{**script.attributes, "defer": "defer"})
