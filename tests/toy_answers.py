"""A home of one lesson for tests of `contrechamp.lesson`: checks, a quiz, and a small French catalogue."""

import json
from pathlib import Path

CATALOGUE = {
    "Figure: {text}": "Figure : {text}",
    "Hint: {text}": "Indice : {text}",
    "{names}: right.": "{names} : juste.",
    "{item}, {letter}: right.": "{item}, {letter} : juste.",
    "{amount}, no interval": "{amount}, sans intervalle",
    "{amount} [{low}, {high}]": "{amount} [{low} ; {high}]",
    "no figure": "pas de chiffre",
    "logarithmic scale: equal steps multiply by the same number": (
        "échelle logarithmique : des pas égaux multiplient par le même nombre"
    ),
    "{caller}(…): the table has no column {name}. Its columns are: {columns}.": (
        "{caller}(…) : le tableau n'a pas de colonne {name}. Ses colonnes sont : {columns}."
    ),
    "yes": "oui",
    "no": "non",
    "Webpages": "Pages web",
    "Count": "Nombre",
    "Two bars: {before} pages before, {after} after, a rise of {rise:+0;-0} %.": (
        "Deux barres : {before} pages avant, {after} après, soit une hausse de {rise:+0;-0} %."
    ),
}

CHECKS = {
    "lesson": "02",
    "variant": "main",
    "checks": [
        {
            "id": "02.E1",
            "objective": "02.1",
            "points": 1,
            "values": {"change": {"kind": "number", "expected": 154.4, "tolerance": 0.5}},
            "hint": {"en": "Divide by the base.", "fr": "Divisez par la base."},
            "right": {"en": "The base is the first count.", "fr": "La base est le premier nombre."},
            "misconceptions": [
                {
                    "name": "times_for_rise",
                    "values": {"change": 254.4},
                    "message": {"en": "This is the ratio, not the rise.", "fr": "C'est le rapport, pas la hausse."},
                },
                {
                    "name": "wrong_base",
                    "values": {"change": 60.7},
                    "message": {"en": "You divided by the end.", "fr": "Vous avez divisé par la fin."},
                },
                {
                    "name": "rounded_base",
                    "values": {"change": 61.3},
                    "message": {"en": "You rounded the base.", "fr": "Vous avez arrondi la base."},
                },
            ],
        },
        {
            "id": "02.E2",
            "objective": "02.2",
            "points": 1,
            "values": {
                "unit": {
                    "kind": "text",
                    "expected": "webpage",
                    "accept": {"en": ["web page", "page"], "fr": ["page web", "page publiée", "œuvre"]},
                },
                "letter": {"kind": "choice", "expected": "b"},
                "ids": {"kind": "set", "expected": ["a", "c"]},
            },
            "hint": {"en": "Read the record.", "fr": "Lisez la fiche."},
            "right": {"en": "Yes.", "fr": "Oui."},
            "misconceptions": [
                {"name": "child", "values": {"unit": {"en": "child", "fr": "enfant"}}, "message": {"en": "No child."}},
                {"name": "child_and_a", "values": {"unit": "child", "letter": "a"}, "message": {"en": "Both."}},
                {"name": "all", "values": {"ids": ["a", "b", "c"]}, "message": {"en": "Too many."}},
            ],
        },
    ],
}

QUIZ = {
    "lesson": "02",
    "items": [
        {
            "id": "02.a",
            "objective": "02.1",
            "question": {"en": 'What does "+400 %" count?', "fr": "Que compte « +400 % » ?"},
            "options": [
                {
                    "key": "a",
                    "text": {"en": "Children, one by one, " + "and so on " * 10, "fr": "Des enfants"},
                    "right": False,
                    "explanation": {"en": "A page may show several.", "fr": "Une page peut en montrer plusieurs."},
                },
                {
                    "key": "b",
                    "text": {"en": "Webpages", "fr": "Des pages web"},
                    "right": True,
                    "explanation": {"en": "The record says so.", "fr": "C'est ce que dit la fiche : des pages."},
                },
            ],
        },
        {
            "id": "02.b",
            "objective": "02.2",
            "question": {"en": "Second?"},
            "options": [{"key": "a", "text": {"en": "x"}, "right": True, "explanation": {"en": "x"}}],
        },
    ],
}


def write_home(folder: Path) -> Path:
    """Write the home into `folder` and return it."""
    for room in ("datasets/checks", "datasets/quizzes", "locale/fr"):
        (folder / room).mkdir(parents=True, exist_ok=True)
    alternative = {**CHECKS, "variant": "alternative", "checks": [{**CHECKS["checks"][0], "id": "02.A1"}]}
    files = {"checks/02_toy.json": CHECKS, "checks/02_toy_alternative.json": alternative, "quizzes/02.json": QUIZ}
    for name, content in files.items():
        (folder / "datasets" / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    lines = ['msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n']
    lines += [
        f"msgid {json.dumps(k, ensure_ascii=False)}\nmsgstr {json.dumps(v, ensure_ascii=False)}\n"
        for k, v in CATALOGUE.items()
    ]
    (folder / "locale/fr/messages.po").write_text("\n".join(lines), encoding="utf-8")
    return folder
