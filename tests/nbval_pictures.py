"""A pytest plugin: nbval compares text and skips pictures; this compares the pictures too, with our tolerance.

Load it with ``-p nbval_pictures`` beside ``--nbval``. A picture of another size, or with more than 1 % of its pixels
changed, fails its cell, and so does a cell that draws more or fewer pictures than are stored. The answers that `check`
keeps have all their digits, so they are compared as numbers, to nine digits, and not as text.
"""

import json
import math

from nbval.plugin import IPyNbCell

from contrechamp.authoring import pictures
from contrechamp.lesson.plain_values import MIME as ANSWERS

_compare_text = IPyNbCell.compare_outputs


def _pictures(outputs):
    return [output["data"]["image/png"] for output in outputs if "image/png" in output.get("data", {})]


def _answers(outputs):
    """Return the answers that were kept;"""
    return [output["data"][ANSWERS] for output in outputs if ANSWERS in output.get("data", {})]


def _alike(a, b):
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_alike(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_alike, a, b))
    if type(a) in (int, float) and type(b) in (int, float):
        return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)
    return type(a) is type(b) and a == b


def _compare(self, test, ref, skip_compare=None):
    skip = (*(skip_compare or self.parent.skip_compare), ANSWERS)
    if not _compare_text(self, test, ref, skip):
        return False
    kept, before = _answers(test), _answers(ref)
    if not _alike(kept, before):
        self.comparison_traceback.append(f"answers kept: {json.dumps(kept)}; stored: {json.dumps(before)}")
        return False
    fresh, stored = _pictures(test), _pictures(ref)
    if len(fresh) != len(stored):
        self.comparison_traceback.append(f"{len(fresh)} pictures drawn, {len(stored)} stored")
        return False
    for number, (a, b) in enumerate(zip(fresh, stored, strict=True), 1):
        share = pictures.difference(a, b)
        if share > pictures.TOLERANCE:
            self.comparison_traceback.append(f"picture {number}: {share:.1%} of its pixels differ")
            return False
    return True


IPyNbCell.compare_outputs = _compare
