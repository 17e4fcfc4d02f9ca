"""A pytest plugin: nbval compares text and skips pictures; this compares the pictures too, with our tolerance.

Load it with ``-p nbval_pictures`` beside ``--nbval``. A picture of another size, or with more than 1 % of its pixels
changed, fails its cell, and so does a cell that draws more or fewer pictures than are stored.
"""

from nbval.plugin import IPyNbCell

from contrechamp.authoring import pictures

_compare_text = IPyNbCell.compare_outputs


def _pictures(outputs):
    return [output["data"]["image/png"] for output in outputs if "image/png" in output.get("data", {})]


def _compare(self, test, ref, skip_compare=None):
    if not _compare_text(self, test, ref, skip_compare):
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
