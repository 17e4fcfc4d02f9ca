"""What lessons have published with `contrechamp.lesson.result`, as their notebooks stored it: ``datasets/results``."""

from contrechamp import home
from contrechamp.datasets import store
from contrechamp.errors import ContrechampError


def load_results(lesson: str) -> dict[str, int | float]:
    """Return the numbers that a lesson has published, by name.

    Parameters
    ----------
    lesson : str
        Two digits.

    Returns
    -------
    dict of str to int or float
        Floats have six significant digits.

    Raises
    ------
    ContrechampError
        When the lesson has no such file, or one that is damaged.
    """
    content = store.read_json(f"results/{lesson}.json")
    found = content.get("results", {}) if isinstance(content, dict) else None
    if not isinstance(found, dict):
        raise ContrechampError(
            f"datasets/results/{lesson}.json is not a table of ours. Delete it and run `contrechamp build`."
        )
    return found


def load_all_results() -> dict[str, dict[str, int | float]]:
    """Return the published numbers of every lesson that has been built, by its two digits.

    Returns
    -------
    dict of str to dict
        As from `load_results`; empty when none was built.

    Raises
    ------
    ContrechampError
        When one of the files is damaged.
    """
    folder = home.room("datasets") / "results"
    return {path.stem: load_results(path.stem) for path in sorted(folder.glob("*.json"))}
