"""How many questions each lesson's quiz holds: the list from which a reader chooses."""

from contrechamp import home
from contrechamp.datasets import store


def questions() -> list[dict[str, str | int]]:
    """Return how many questions the quiz of each lesson holds.

    Returns
    -------
    list of dict
        In order of the lessons: ``lesson``, its number as text, and ``questions``, an int.

    Examples
    --------
    >>> questions()[0]["lesson"]
    '00'
    """
    names = sorted(path.stem for path in (home.room("datasets") / "quizzes").glob("*.json"))
    return [{"lesson": name, "questions": len(store.read_json(f"quizzes/{name}.json")["items"])} for name in names]
