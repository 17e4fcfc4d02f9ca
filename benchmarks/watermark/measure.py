"""Measure the marks: ``nice python benchmarks/watermark/measure.py [part ...]``.

Parts: edits, others, longer, geometry, chance, chance_turned, speed, copied (ours), peers (in an environment of their
own: peers.sh), tables. Left out: all of ours, then the tables. What was measured lies in work/watermark, one line a
picture: a part that was stopped goes on where it was. Delete the folder to measure anew.
"""

import json
import random
import sys
import time
from pathlib import Path

import material
import numpy as np
from quality import psnr, ssim

from contrechamp.watermark import (
    BoundSpreadSpectrum,
    Hybrid,
    LastBit,
    LogPolar,
    Quantisation,
    SpreadSpectrum,
    TreeRing,
    attacks,
    coding,
)
from contrechamp.watermark.edits import EDITS, edit

HERE = Path(__file__).resolve().parent
KEPT = HERE.parents[1] / "work" / "watermark"
CLOCK = time.process_time
CHANCE_PICTURES, CHANCE_KEYS = 100, 1000


def main(parts: list[str]) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    for part in parts or [
        "edits",
        "geometry",
        "speed",
        "chance",
        "chance_turned",
        "others",
        "longer",
        "copied",
        "tables",
    ]:
        PARTS[part]()


def resumed(part: str, rows: list, work) -> None:
    """Do `work` for each row whose result is not kept yet; keep it, tell the progress.

    The rows are taken in random order, so that several processes can share a part.
    """
    file = KEPT / f"{part}.jsonl"
    for number, row in random.sample(list(enumerate(rows)), len(rows)):
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        if any(json.loads(line)["name"] == row[0] for line in lines):
            continue
        result = {"name": row[0], **work(number, *row[1:])}
        with file.open("a", encoding="utf-8") as kept:
            kept.write(json.dumps(result) + "\n")
        print(f"{part}: {len(lines) + 1} of {len(rows)}  {row[0]}", flush=True)


def bits_of(message: bytes) -> np.ndarray:
    return np.unpackbits(np.frombuffer(message, np.uint8))


def try_edits(mark, pixels: np.ndarray, message: bytes, number: int) -> dict:
    """Mark a picture, pass it through every edit, detect: [raw accuracy, accuracy after correction, p, message]."""
    marked, word, seen = mark.embed(pixels, message), coding.encode(message, mark.bits) > 0, {}
    for name, chain in EDITS.items():
        found = mark.detect(edit(marked, chain, number))
        right = float(np.mean(bits_of(coding.decode(found.read)[0]) == bits_of(message)))
        told = None if found.message is None else found.message == message
        seen[name] = [float(np.mean((found.read > 0) == word)), right, found.p_value, told]
    return {"psnr": psnr(pixels, marked), "ssim": ssim(pixels, marked), "edits": seen}


def edits() -> None:
    """The hybrid with 32 bits: every picture, each with one of five keys."""
    resumed("edits", material.pictures(), lambda number, source: one(Hybrid, 32, number, source))


def longer() -> None:
    """The hybrid with 64 bits, on every tenth picture."""
    resumed("longer", material.pictures()[::10], lambda number, source: one(Hybrid, 64, number, source))


def others() -> None:
    """The other marks on six scenes, one of each kind."""
    marks = (LastBit, Quantisation, SpreadSpectrum, LogPolar)
    rows = [(f"{mark.__name__} {name}", mark, source) for name, source in material.pictures()[:6] for mark in marks]
    resumed("others", rows, lambda number, mark, source: one(mark, 32, number, source))


def one(mark, bits: int, number: int, source: str) -> dict:
    message = np.random.default_rng([bits, number]).bytes(bits // 8)
    return try_edits(mark(material.KEYS[number % 5], bits), material.load(source), message, number)


def geometry() -> None:
    """Half of the area, any angle, any size from half to double: message, angle and scale that the hybrid tells."""

    def work(number: int, source: str) -> dict:
        rng = np.random.default_rng([7, number])
        mark, message = Hybrid(material.KEYS[number % 5]), rng.bytes(4)
        marked = mark.embed(material.load(source), message)
        angle, factor, smaller = rng.uniform(-90, 90), rng.uniform(0.5, 2), rng.uniform(0.5, 1)
        chains = {
            "half of the area": ("cut:0.5", 0, 0.5**0.5),
            "any angle": (f"rotate:{angle}", angle, 1),
            "any size": (f"resize:{factor}", 0, 1),
            "any zoom in the frame": (f"cut:{1 - smaller**2}", 0, smaller),
            "crop, size and JPEG 80": (f"cut:0.25+resize:{factor}+jpeg:80", 0, 0.75**0.5),
        }
        seen = {}
        for name, (chain, turned, scale) in chains.items():
            told = mark.detect(edit(marked, chain, number))
            off = (told.geometry.angle - turned + 90) % 180 - 90
            seen[name] = [told.message == message, abs(off), abs(told.geometry.scale / scale - 1)]
        return {"geometry": seen}

    resumed("geometry", material.pictures(), work)


def chance() -> None:
    """Each detector with a thousand wrong keys on each of a hundred pictures; every second one has another mark."""
    by_chance((SpreadSpectrum, Quantisation, TreeRing, LastBit))


def chance_turned() -> None:
    """The same for the log-polar mark and the hybrid, which take longer."""
    by_chance((Hybrid,))


def by_chance(marks: tuple) -> None:
    rows = [(f"{mark.__name__} {number}", mark, number) for mark in marks for number in range(CHANCE_PICTURES)]

    def work(_position: int, mark, number: int) -> dict:
        pixels = material.scene(number)
        if mark is LastBit:  # 786,432 coin tosses a key would take an hour; a corner has the same mathematics
            pixels = pixels[:128, :128]
        if mark is TreeRing:
            pixels = TreeRing("benchmark").draw(number, marked=number % 2 == 1) if number % 4 < 2 else pixels
        elif number % 2:
            pixels = mark("benchmark").embed(pixels, b"mark")
        reader = mark("benchmark")
        heard = reader.features(pixels)
        found: dict[str, list[float]] = {}
        for wrong in range(CHANCE_KEYS):
            key = f"wrong {mark.__name__} {number} {wrong}".encode()
            if mark is Hybrid:
                reader.direct.key = reader.turned.key = key
                first, second = reader.direct.judge(heard.direct), reader.turned.judge(heard.turned)
                found.setdefault("LogPolar", []).append(second.p_value)
                found.setdefault("Hybrid", []).append(min(1.0, 2 * min(first.p_value, second.p_value)))
            else:
                reader.key = key
                found.setdefault(mark.__name__, []).append(reader.judge(heard).p_value)
        return {"below": {k: [sum(p < level for p in v) for level in LEVELS] + [min(v)] for k, v in found.items()}}

    resumed("chance" if Hybrid not in marks else "chance_turned", rows, work)


LEVELS = (0.05, 0.01, 0.001, 1e-6)


def timed(call, times: int) -> float:
    """Return the CPU seconds of the quickest of some calls."""
    best = []
    for _time in range(times):
        start = CLOCK()
        call()
        best.append(CLOCK() - start)
    return min(best)


def speed() -> None:
    """CPU milliseconds from 256 to 2048 pixels a side, beside `numpy.fft.rfft2` of the brightness in the same run."""

    def work(_position: int, size: int) -> dict:
        pixels, times = material.enlarged(size), 9 if size <= 1024 else 4
        grey = pixels.mean(axis=2)
        seen = {"rfft2": timed(lambda: np.fft.rfft2(grey), 2 * times)}
        for mark in (LastBit, Quantisation, SpreadSpectrum, LogPolar, Hybrid):
            reader = mark("benchmark key 0")
            marked = reader.embed(pixels, b"time")
            turned = np.ascontiguousarray(marked[:, ::-1])
            seen[mark.__name__] = [
                timed(lambda reader=reader: reader.embed(pixels, b"time"), times),
                timed(lambda reader=reader, seen=marked: reader.detect(seen), times),
                timed(lambda reader=reader, seen=turned: reader.detect(seen), times),
            ]
        return {"seconds": seen}

    resumed("speed", [(f"{size}", size) for size in (256, 512, 1024, 2048)], work)


def copied() -> None:
    """The copy attack: is a mark carried over to another picture accepted?"""

    def work(number: int, source: str) -> dict:
        message, seen = b"copy", {}
        onto = material.scene(number + 1)
        for mark in (SpreadSpectrum, LogPolar, Hybrid, BoundSpreadSpectrum):
            reader = mark("benchmark key 0")
            forged = attacks.copy(reader.embed(material.load(source), message), onto)
            found = reader.detect(forged)
            seen[mark.__name__] = [found.p_value, found.message == message, psnr(onto, forged)]
        return {"copied": seen}

    resumed("copied", material.pictures()[:60], work)


def peers() -> None:
    import peers as other

    other.measure(resumed, try_row=peer_row)


def peer_row(encode, decode, pixels: np.ndarray, number: int) -> dict:
    """As `try_edits`, for a peer that returns bits and no p-value."""
    bits = np.random.default_rng([32, number]).integers(0, 2, 32)
    start = CLOCK()
    marked = encode(pixels, bits)
    spent = [CLOCK() - start]
    seen = {}
    for name, chain in EDITS.items():
        changed = edit(marked, chain, number)
        start = CLOCK()
        seen[name] = float(np.mean(decode(changed) == bits))
        spent.append(CLOCK() - start)
    none = float(np.mean(decode(pixels) == bits))
    return {
        "psnr": psnr(pixels, marked), "ssim": ssim(pixels, marked), "edits": seen, "unmarked": none,
        "embed": spent[0], "detect": float(np.median(spent[1:])),
    }  # fmt: skip


def tables() -> None:
    import tables as summary

    summary.write(KEPT, HERE)


PARTS = {f.__name__: f for f in (edits, longer, others, geometry, chance, chance_turned, speed, copied, peers, tables)}

if __name__ == "__main__":
    main(sys.argv[1:])
