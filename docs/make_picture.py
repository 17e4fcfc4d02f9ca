"""Draw docs/lesson.png, the picture of a lesson in the README, from the built notebook of lesson 02.

Needs Chromium on the PATH: ``uv run --group test python docs/make_picture.py``.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from PIL import Image, ImageChops

from contrechamp import page

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "notebooks" / "en" / "02_one_number_five_questions.ipynb"
FIRST, LAST = "One hotline, four rises", "**Read.** From"
SIZE = (860, 2400)


def main() -> int:
    """Write the picture; return the exit status."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("Chromium is not installed: the picture was not drawn.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        html, shot = Path(folder, "lesson.html"), Path(folder, "lesson.png")
        html.write_text(page.render(excerpt(), SOURCE, "en"), encoding="utf-8")
        arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            f"--user-data-dir={folder}/user",
        ]
        window = f"--window-size={SIZE[0]},{SIZE[1]}"
        subprocess.run(
            [chromium, *arguments, window, f"--screenshot={shot}", html.as_uri()], check=True, capture_output=True
        )
        trimmed(Image.open(shot).convert("RGB")).quantize(64).save(ROOT / "docs" / "lesson.png", optimize=True)
    return 0


def excerpt() -> nbformat.NotebookNode:
    """Return the notebook from the heading of its second step to the prose that reads the figure."""
    notebook = nbformat.read(SOURCE, as_version=4)
    texts = [cell.source for cell in notebook.cells]
    start = next(i for i, text in enumerate(texts) if FIRST in text)
    end = next(i for i, text in enumerate(texts) if text.startswith(LAST))
    notebook.cells[start].source = "## " + texts[start].partition("## ")[2]
    notebook.cells[end].source = texts[end].partition("\n\n")[0]
    notebook.cells = notebook.cells[start : end + 1]
    return notebook


def trimmed(image: Image.Image) -> Image.Image:
    """Cut the empty page below the last line."""
    box = ImageChops.difference(image, Image.new("RGB", image.size, image.getpixel((0, 0)))).getbbox()
    if box is None:
        raise SystemExit("The page is empty: the picture was not drawn.")
    below = box[3]
    return image.crop((0, 0, image.width, min(image.height, below + 30)))


if __name__ == "__main__":
    sys.exit(main())
