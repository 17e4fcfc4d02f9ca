"""The pages that people meet first: links lead somewhere, help lines are those of the records, words are ours."""

import csv
import re
import tomllib

import pytest
import yaml

import contrechamp

PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "SAFETY.md",
    "CHANGELOG.md",
    "guide/en/care.md",
    "guide/en/python_you_need.md",
    "guide/fr/care.md",
    "guide/fr/python_you_need.md",
]
LINK = re.compile(r"!?\[[^\]]*\]\(([^()\s]+)\)")
BUILT = re.compile(r"(notebooks|exercises)/(en|fr)/(?:solutions/)?([^/]+)\.ipynb")


def read(root, name):
    return (root / name).read_text(encoding="utf-8")


def anchors(text):
    """Return the anchors that a code host makes of the headings of a page."""
    headings = re.findall(r"^#+ +(.+?) *$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(page, text, root):
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = ((root / page).parent / name).resolve() if name else root / page
        built = BUILT.search(path.as_posix())
        if built:  # whether it was built from its source is asked by the tests of the build
            path = root / built[1] / f"{built[3]}.md"
        if not path.exists():
            yield f"{page}: {target} leads to no file"
        elif anchor and anchor not in anchors(path.read_text(encoding="utf-8")):
            yield f"{page}: {target} leads to no heading"


@pytest.mark.parametrize("page", PAGES)
def test_links_of_public_pages_lead_somewhere(root, page):
    assert list(broken_links(page, read(root, page), root)) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[x](guide/nowhere.md)", "leads to no file"),
        ("[x](notebooks/en/99_nothing.ipynb)", "leads to no file"),
        ("[x](SAFETY.md#how-we-shout)", "leads to no heading"),
        ("[x](#nothing-here)", "leads to no heading"),
    ],
)
def test_a_broken_link_is_found(root, text, problem):
    assert problem in "".join(broken_links("README.md", text, root))


def services(root):
    with (root / "datasets/awareness/support.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def phone_numbers(text):
    """Return the numbers that a page prints in bold."""
    return {number.replace(" ", "") for number in re.findall(r"\*\*(\d[\d ]+)\*\*", text)}


@pytest.mark.parametrize("page", ["README.md", "guide/en/care.md"])
def test_help_lines_of_public_pages_are_those_of_the_records_seen_at_the_source(root, page):
    known = set()
    for service in services(root):
        if service["phone_grade"] == "A":
            known |= {part.strip() for part in re.sub(r"(?<=\d) (?=\d)", "", service["phone"]).split(",")}
    known = {re.sub(r"\D", "", number) for number in known}
    printed = phone_numbers(read(root, page))
    assert "3018" in printed
    assert printed <= known


def test_help_lines_of_public_pages_carry_the_date_of_their_check(root):
    (row,) = [service for service in services(root) if service["id"] == "3018"]
    year, month, _ = row["phone_checked"].split("-")
    english = {"11": "November", "12": "December", "01": "January"}.get(month, month)
    french = {"11": "novembre", "12": "décembre", "01": "janvier"}.get(month, month)
    assert f"Checked in {english} {year}" in read(root, "guide/en/care.md")
    assert f"checked in {english} {year}" in read(root, "README.md")
    assert f"vérifié en {french} {year}" in read(root, "README.md")


@pytest.mark.parametrize("page", [*PAGES, "notebooks/00_start_here.md", "exercises/00_start_here.quiz.yaml"])
def test_the_words_for_people_and_acts_are_ours(root, page):
    prose = re.sub(r"\"[^\"\n]*\"|«[^»\n]*»", "", read(root, page))  # a word that is quoted to be set aside
    assert not re.search(r"revenge porn|child porn|pédoporno|nudif|undress|deepnude", prose, re.IGNORECASE)


def test_each_rule_of_the_care_guide_says_what_it_rests_on(root):
    care = read(root, "guide/en/care.md")
    before, during = (care.split(f"## {name}")[1].split("\n## ")[0] for name in ("Before the session", "During"))
    rules = re.split(r"^\d\. ", before, flags=re.MULTILINE)[1:] + re.split(r"^\d\. ", during, flags=re.MULTILINE)[1:]
    unmarked = [rule.splitlines()[0] for rule in rules if not re.search(r"\((A|B|rule)\b", rule)]
    assert len(rules) == 13
    assert unmarked == []
    assert not re.search(r"\(C\)|, C\.|grade C", care)


def test_the_readme_gives_both_commands_for_each_system_and_language(root):
    readme = read(root, "README.md")
    for command in ("python3 course.py lab", "python3 course.py test", "py course.py lab", "py course.py test"):
        assert f"`{command}`" in readme
    assert "`python3 course.py lab --lang fr`" in readme.split("## En français")[1]


def test_the_public_test_file_runs_the_two_commands_on_three_systems_and_says_that_it_is_untested(root):
    text = read(root, ".github/workflows/test.yml")
    job = yaml.safe_load(text)["jobs"]["course"]
    systems = job["strategy"]["matrix"]["system"]
    assert {name.partition("-")[0] for name in systems} == {"ubuntu", "macos", "windows"}
    commands = " ".join(step.get("run", "") for step in job["steps"])
    assert set(re.findall(r"course\.py (\w+)", commands)) == {"lab", "test"}
    assert not re.search(r"\b(pip|uv|apt|brew|choco|conda) ", commands)
    assert "Untested until it has run" in text


def test_the_public_site_file_gives_known_inputs_ends_what_it_began_and_says_that_it_has_not_run(root):
    text = read(root, ".github/workflows/site.yml")
    made = yaml.safe_load(text)
    steps = {step["uses"].partition("@")[0]: step for step in made["jobs"]["publish"]["steps"] if "uses" in step}
    assert set(steps["actions/upload-pages-artifact"]["with"]) <= {"name", "path", "retention-days"}  # of version 3
    assert made["concurrency"]["cancel-in-progress"] is False
    assert text.startswith("# It has not run yet.")


def test_the_citation_agrees_with_the_package(root):
    citation = yaml.safe_load(read(root, "CITATION.cff"))
    project = tomllib.loads(read(root, "pyproject.toml"))["project"]
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(citation)
    assert citation["version"] == project["version"] == contrechamp.__version__
    assert project["license"] == f"{citation['license']} AND CC-BY-4.0"
    assert "text, exercises and data: CC BY 4.0" in citation["abstract"]
    assert [author["name"] for author in citation["authors"]] == [author["name"] for author in project["authors"]]


def test_both_licences_are_there_in_full(root):
    code, content = read(root, "LICENSE"), read(root, "LICENSE-content")
    assert code.startswith("BSD 3-Clause License")
    assert "2026, The Contrechamp authors" in code
    assert "Neither the name of the copyright holder" in code
    assert content.startswith("Attribution 4.0 International")
    assert [f"Section {number} --" in content for number in range(1, 9)] == [True] * 8
