"""What one rate becomes at the size of a platform: base rates, and matches by chance.

Arithmetic on assumed rates. No figure in here was measured on a service.
"""

from typing import TYPE_CHECKING

from scipy.stats import binom

from contrechamp.errors import ContrechampError
from contrechamp.imaging.seeds import whole
from contrechamp.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd


def screening(uploads: float, prevalence: float, found: float, false_alarm: float) -> "pd.Series":
    """Return what a day of screening brings.

    Parameters
    ----------
    uploads : float
        Pictures uploaded, above 0.
    prevalence : float, 0 to 1
        Share of uploads that are copies of listed pictures.
    found : float, 0 to 1
        Share of those copies that match: the true positive rate (TPR).
    false_alarm : float, 0 to 1
        Share of all other uploads that match: the false positive rate (FPR).

    Returns
    -------
    pandas.Series
        ``copies``, ``matched``, ``missed``, ``false_alarms`` (all expected counts) and ``right``, the share of alarms
        that are copies; ``right`` is missing when there is no alarm.

    Raises
    ------
    ContrechampError
        When a share is not from 0 to 1 or uploads are not above 0.

    Examples
    --------
    >>> screening(1_000_000, 0.0001, found=0.9, false_alarm=0.001).round(2).to_dict()
    {'copies': 100.0, 'matched': 90.0, 'missed': 10.0, 'false_alarms': 999.9, 'right': 0.08}
    """
    import pandas as pd

    if not uploads > 0 or uploads == float("inf"):
        raise ContrechampError(_("uploads must be a number above 0, not {number}.").format(number=uploads))
    for name, share in (("prevalence", prevalence), ("found", found), ("false_alarm", false_alarm)):
        if not 0 <= share <= 1:
            raise ContrechampError(_("{name} is a share from 0 to 1, not {number}.").format(name=name, number=share))
    copies = uploads * prevalence
    matched, false = copies * found, (uploads - copies) * false_alarm
    right = matched / (matched + false) if matched + false else float("nan")
    return pd.Series(
        {"copies": copies, "matched": matched, "missed": copies - matched, "false_alarms": false, "right": right}
    )


def chance_match(bits: int, most: int) -> float:
    """Return the probability that two hashes of fair, independent bits differ in at most `most`.

    Real hashes are not made of fair, independent bits. For pictures with nothing in common this is near the truth; for
    two forms of one layout it is no guide at all.

    Parameters
    ----------
    bits : int
        Length of a hash, 1..4096.
    most : int
        Bits that may differ, 0..`bits`.

    Returns
    -------
    float
        0..1.

    Raises
    ------
    ContrechampError
        When a number is out of range.

    Examples
    --------
    >>> f"{chance_match(bits=64, most=8):.1e}"
    '2.8e-10'
    """
    bits = whole("bits", bits, 1, 4096)
    return float(binom.cdf(whole("most", most, 0, bits), bits, 0.5))
