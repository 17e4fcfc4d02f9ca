"""A list of names that no file of the repository may hold: persons targeted, and individual claimants.

The list holds salted hashes, never a name, so that the repository does not spread what it refuses to print. `found`
looks at runs of two to four words, capitalised or joined as in an address (``first-last``); a cheap hash drops most of
them, a slow one decides. Not a general search for personal data: it knows the names that somebody added, and nobody
else.

A maintainer adds a name without writing it anywhere::

    python tests/names.py add                # asks, does not echo; or reads standard input, one name a line
    python tests/names.py check FILE [...]   # prints file and line of each hit, never the name
"""

import getpass
import hashlib
import json
import re
import secrets
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

LIST = Path(__file__).with_name("refused_names.json")
_ROUNDS = 4_000  # about a millisecond: slow enough against long lists of guesses, fast enough for one repository
_WORD = re.compile(r"[^\W\d_]+")
_CASE = re.compile(r"(?<=[^\W\d_A-ZÀ-Þ])(?=[A-ZÀ-Þ])")  # FirstLast, as in a hashtag
_GAP = re.compile(r"(?:[\s.’'*_+\-‐‑–>]|%20){0,4}")
_SLUG = re.compile(r"(?:[-_+]|%20)")


class Refused:
    """The list of one file: salt, and for each name its number of words, a short fast hash and a slow hash."""

    def __init__(self, path: Path = LIST) -> None:
        self.path = path
        held = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"salt": secrets.token_hex(16)}
        self.salt = bytes.fromhex(held["salt"])
        self.names: list[dict[str, object]] = held.get("names", [])
        self._index()

    def _index(self) -> None:
        self._hashes = {entry["hash"] for entry in self.names}
        self._fast = {(entry["words"], entry["prefix"]) for entry in self.names}
        self.lengths = sorted({int(str(entry["words"])) for entry in self.names})
        self.holds = cache(self._holds)

    def add(self, name: str) -> bool:
        """Add a name and write the list; say whether it was new.

        Raises
        ------
        ValueError
            When the name has fewer than two words or more than four.
        """
        words = tuple(plain(word) for word, _, _ in _words(name))
        if not 2 <= len(words) <= 4:
            raise ValueError("A name needs two to four words; one word alone would hit too much.")
        if self._slow(words) in self._hashes:
            return False
        self.names.append({"words": len(words), "prefix": self._quick(words), "hash": self._slow(words)})
        self.names.sort(key=lambda entry: str(entry["hash"]))
        text = json.dumps({"salt": self.salt.hex(), "names": self.names}, indent=1)
        self.path.write_text(text + "\n", encoding="utf-8")
        self._index()
        return True

    def _holds(self, words: tuple[str, ...]) -> bool:
        return (len(words), self._quick(words)) in self._fast and self._slow(words) in self._hashes

    def _quick(self, words: tuple[str, ...]) -> str:
        return hashlib.sha256(self.salt + " ".join(words).encode()).hexdigest()[:2]

    def _slow(self, words: tuple[str, ...]) -> str:
        return hashlib.pbkdf2_hmac("sha256", " ".join(words).encode(), self.salt, _ROUNDS, 20).hex()


def found(text: str, refused: Refused | None = None) -> list[int]:
    """Return the positions in `text` where a refused name begins."""
    refused = refused or Refused()
    words = list(_words(text))
    return sorted({start for start, gram in _grams(text, words, refused.lengths) if refused.holds(gram)})


def plain(word: str) -> str:
    """Return a word in small letters without accents: ``Élodie`` and ``elodie`` are one."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def readable(path: Path) -> str:
    """Return the words of a file: of a notebook or JSON file its strings, of a catalogue its lines, else the text.

    A file that is not UTF-8 text (a picture, a deck) gives an empty string.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, FileNotFoundError):
        return ""
    if path.suffix in {".json", ".ipynb"}:
        try:
            strings = json.dumps(json.loads(text), ensure_ascii=False).replace('", "', "")
            return strings.replace("\\n", "\n")
        except json.JSONDecodeError:
            return text
    return re.sub(r'"\s*\n\s*"', "", text) if path.suffix == ".po" else text


def _words(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _WORD.finditer(text):
        start = match.start()
        for part in _CASE.split(match[0]):
            yield part, start, start + len(part)
            start += len(part)


def _grams(text: str, words: list[tuple[str, int, int]], lengths: list[int]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield each run of words that could be a name: capitalised at both ends, or joined as in an address."""
    for first in range(len(words)):
        for length in lengths:
            run = words[first : first + length]
            if len(run) < length:
                break
            gaps = [text[left[2] : right[1]] for left, right in pairwise(run)]
            if not all(_GAP.fullmatch(gap) for gap in gaps):
                continue
            name_like = run[0][0][0].isupper() and run[-1][0][0].isupper()
            if name_like or all(_SLUG.fullmatch(gap) for gap in gaps):
                yield run[0][1], tuple(plain(word) for word, _, _ in run)


def main(arguments: list[str]) -> int:
    """Add names, or check files; return the exit status."""
    refused = Refused()
    if arguments[:1] == ["add"]:
        lines = [getpass.getpass("Name (not shown): ")] if sys.stdin.isatty() else sys.stdin.read().splitlines()
        added = sum(refused.add(line) for line in lines if line.strip())
        print(f"{added} added, {len(refused.names)} in the list.")
        return 0
    if arguments[:1] == ["check"] and len(arguments) > 1:
        hits = [
            (name, text, at) for name in arguments[1:] for text in [readable(Path(name))] for at in found(text, refused)
        ]
        for name, text, at in hits:
            print(f"{name}: a refused name near line {text.count(chr(10), 0, at) + 1}")
        return 1 if hits else 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
