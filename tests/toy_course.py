"""A course of one small lesson for tests of the build: each kind of unit, one result, one check, one quiz."""

from pathlib import Path

import polib

HEADER = """---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, language: python, name: python3}
contrechamp:
"""

LESSON = (
    HEADER
    + """  lesson: "09"
  minutes: {core: 5, further: 0}
  min_age: 14
  python: [variables]
  mathematics: [percentages]
  objectives:
    "09.1": Say what a rise of a hundred per cent means.
---

# How much is twice?

> **Before you begin.** Nothing here
> is hard.

```{code-cell} ipython3
from contrechamp.lesson import result
```

**Predict.** A number, please.

```{code-cell} ipython3
before, after = 10, 20
change = (after - before) / before * 100
result("change", change)
```

From ten to twenty is {{ result:09.change|+0;-0 }} %. Isn't it twice?

- one item
- another with `code`

| word | meaning |
|---|---|
| twice | two times |
"""
)

EXERCISE = (
    HEADER
    + """  exercise: "09"
  variant: main
  minutes: 5
  min_age: 14
  objectives: ["09.1"]
---

# Exercise: how much is three times?

```{code-cell} ipython3
from contrechamp.lesson import check
before, after = 193, 491
```

## E1. From the start

Compute the change, in per cent of the start.

```{code-cell} ipython3
:tags: [question]
change = ...   # per cent
### BEGIN SOLUTION
change = (after - before) / before * 100
### END SOLUTION
```

```{code-cell} ipython3
:tags: [check]
check("09.E1", change=change)
```

```{check} 09.E1
objective: "09.1"
points: 2
values:
  change: {kind: number, tolerance: 0.5}
hint: Divide by where you started.
right: More than {{ result:09.change|0 }} %, as it should be.
misconceptions:
  - name: times_for_rise
    values: {change: "after / before * 100"}
    message: You divided one by the other and forgot to take away the start.
  - name: divided_by_the_end
    values: {change: "(after - before) / after * 100"}
    message: You divided by the end.
```

That is all.
"""
)

QUIZ = """lesson: "09"
items:
  - id: 09.a
    objective: "09.1"
    question: What is a rise of a hundred per cent?
    options:
      - {key: a, text: "{{ result:09.change|0 }} % more", right: true, explanation: Twice as much.}
      - {key: b, text: nothing, right: false, explanation: A rise is not nothing.}
"""


def plant(top: Path) -> Path:
    """Write the toy course under `top` and return it."""
    files = {
        "notebooks/09_toy.md": LESSON,
        "exercises/09_toy.md": EXERCISE,
        "exercises/09_toy.quiz.yaml": QUIZ,
        "requirements.txt": "numpy==0\n",
        "pyproject.toml": "",
        "locale/fr/messages.po": 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n',
    }
    for name, text in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    (top / "datasets").mkdir(exist_ok=True)
    (top / "src").mkdir(exist_ok=True)
    return top


def translate(top: Path, lang: str = "fr") -> None:
    """Fill the catalogues of the toy with a mechanical translation that keeps references and code."""
    for path in (top / "locale" / lang).rglob("*.po"):
        book = polib.pofile(str(path))
        for entry in book:
            if not entry.obsolete:
                entry.msgstr = mechanical(entry.msgid)
                entry.flags = []
        book.save()


def mechanical(text: str) -> str:
    """Say the words in a made-up French that any test can recognise: each plain sentence gets a « Ah » in front."""
    marked = text.replace("?", " ?").replace(": ", " : ").replace('"', "'")
    return marked.replace("| ", "| Ah ", 1) if text.startswith("|") else "Ah " + marked
