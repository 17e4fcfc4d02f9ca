"""Our hashes and search beside imagehash, pdqhash and faiss: ``python benchmarks/hashing/measure.py [FOLDER]``.

The folder (by default ``work/hashing``, which is not committed) gets the environment of the peers and the pictures; a
second run goes on from what is there. Writes ``results.json`` and, for the tests, ``tests/hash_golden.json``.
"""

import json
import os
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np

from contrechamp.hashing import HashIndex, add_caption, distance, make_form, pdq, phash, scan
from contrechamp.imaging import launder, make_images, make_scene, shoot
from contrechamp.imaging.jpeg import decode

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CLOCK = time.process_time
PEERS = ["numpy<2.5", "pillow==13.0.0", "scipy<1.18", "imagehash==4.3.2", "faiss-cpu==1.15.1", "pdqhash==0.2.8"]
CHAINS = ["jpeg:75", "jpeg:30", "webp:60", "resize:0.5", "resize:1.7", "crop", "blur:1", "social", "screenshot"]


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    pictures, lists = make_pictures(folder), make_lists(folder)
    told = run_peers(folder)
    with np.load(folder / "peers.npz") as peers:
        results = {
            "pictures": len(pictures),
            "peers": told["versions"] | {"pdqhash": "0.2.8 (built from its source distribution)"},
            "phash": compare_phash(pictures, peers),
            "pdq": compare_pdq(pictures, peers),
            "speed": speed(told["speed"]),
            "search": compare_search(lists, peers, told["search"]),
            "students_hash": students_hash(),
        }
        write_golden(pictures, peers)
    (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=1))


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def photograph(scene: int, side: int = 128) -> np.ndarray:
    return np.round(255 * shoot(make_scene(scene, side), 1)).astype(np.uint8)


def make_pictures(folder: Path) -> dict[str, np.ndarray]:
    """Make the pictures: every class of the world, several sizes and shapes, laundered, forms, blank and noise."""
    file = folder / "pictures.npz"
    if not file.exists():
        say("making pictures")
        kept = {f"world {n}": p.pixels for n, p in enumerate(make_images(60, "train", hold_out=()))}
        for path in sorted((ROOT / "datasets" / "images").glob("t*/*.jpg")):
            kept[f"sample {path.parent.name}/{path.name}"] = decode(path.read_bytes())
        for scene in range(100, 160):
            base = photograph(scene, (64, 128, 256, 512)[scene % 4])
            kept[f"scene {scene}"] = base
            kept[f"oblong {scene}"] = np.ascontiguousarray(base[: len(base) * 2 // 3])
            kept[f"laundered {scene}"] = launder(base, CHAINS[scene % len(CHAINS)])
        for number in range(20):
            kept[f"form {number}"] = make_form(number)
            kept[f"captioned {number}"] = add_caption(photograph(200 + number), number)
        for number in range(24):
            kept[f"tiles {number}"] = tiles(number)
        for level in (0, 1, 90, 255):
            kept[f"flat {level}"] = np.full((128, 128, 3), level, np.uint8)
        slope = np.linspace(0, 255, 128).astype(np.uint8)
        kept["slope"] = np.repeat(np.tile(slope, (96, 1))[:, :, None], 3, axis=2)
        kept["noise"] = np.random.default_rng(1).integers(0, 256, (100, 131, 3), dtype=np.uint8)
        np.savez(file, **kept)
    with np.load(file) as stored:
        return {name: stored[name] for name in stored.files}


def tiles(number: int) -> np.ndarray:
    """Return a picture of coloured tiles made of whole numbers only: the same on every machine."""
    rng = np.random.Generator(np.random.PCG64(number))
    rows, columns, step = (int(n) for n in rng.integers((4, 4, 9), (12, 12, 30)))
    colours = rng.integers(0, 256, (rows, columns, 3), dtype=np.uint8)
    return colours.repeat(step, axis=0).repeat(step, axis=1)


def make_lists(folder: Path) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Make lists of random hashes, a crowded list of near copies of few templates, and queries up to 40 bits away."""
    lists = {f"random {count}": (count, None) for count in (10_000, 100_000, 1_000_000)}
    lists["crowded 1000000"] = (1_000_000, 2_000)
    made = {}
    for name, (count, templates) in lists.items():
        rng = np.random.default_rng(count + (templates or 0))
        listed = rng.integers(0, 256, (count, 32), dtype=np.uint8)
        if templates:
            listed = listed[rng.integers(0, templates, count)]
            rows = np.arange(count)
            for _ in range(6):
                listed[rows, rng.integers(0, 32, count)] ^= np.uint8(1) << rng.integers(0, 8, count, dtype=np.uint8)
        queries = listed[rng.integers(0, count, 100)].copy()
        for number, query in enumerate(queries):
            bits = np.unpackbits(query)
            bits[rng.choice(256, number % 41, replace=False)] ^= 1
            queries[number] = np.packbits(bits)
        made[name] = (listed, queries)
    file = folder / "hashes.npz"
    if not file.exists():
        np.savez(file, **{f"{part} {name}": pair[i] for name, pair in made.items()
                          for i, part in enumerate(("listed", "queries"))})  # fmt: skip
    return made


def run_peers(folder: Path) -> dict:
    """Make the environment of the peers where it is missing, and run them there, one thread."""
    told = folder / "peers.json"
    if not (told.exists() and (folder / "peers.npz").exists()):
        venv = folder / "venv"
        python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        if not python.exists():
            say("environment of the peers; pdqhash is compiled")
            subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
            subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PEERS], check=True)
        say("peers")
        done = subprocess.run([str(python), str(HERE / "peers.py"), str(folder)], check=True, text=True,
                              stdout=subprocess.PIPE, env={**os.environ, "OMP_NUM_THREADS": "1"})  # fmt: skip
        told.write_text(done.stdout, encoding="utf-8")
    return json.loads(told.read_text(encoding="utf-8"))


def compare_phash(pictures: dict, peers) -> dict:
    same = [bool((phash(picture) == peers["phash " + name]).all()) for name, picture in pictures.items()]
    return {"identical": sum(same), "of": len(same)}


def compare_pdq(pictures: dict, peers) -> dict:
    apart, quality = [], []
    for name, picture in pictures.items():
        bits, good = pdq(picture)
        apart.append(int((bits != peers["pdq " + name]).sum()))
        quality.append(abs(good - int(peers["quality " + name])))
    blank = np.array([int(peers["quality " + name]) == 0 for name in pictures])
    apart, quality = np.array(apart), np.array(quality)
    return {
        "within_4_bits": round(float((apart <= 4).mean()), 4),
        "identical": round(float((apart == 0).mean()), 4),
        "most_bits": int(apart.max()),
        "most_bits_where_quality_is_above_0": int(apart[~blank].max()),
        "pictures_of_quality_0": int(blank.sum()),
        "not_identical": [name for name, bits in zip(pictures, apart, strict=True) if bits],
        "quality_identical": round(float((quality == 0).mean()), 4),
        "quality_most_apart": int(quality.max()),
    }


def milliseconds(run, times: int = 15) -> float:
    run()
    spent = []
    for _ in range(times):
        start = CLOCK()
        run()
        spent.append(CLOCK() - start)
    return round(1000 * sorted(spent)[times // 2], 3)


def speed(theirs: dict) -> dict:
    say("speed")
    table = {}
    for side, row in theirs.items():
        picture = np.random.default_rng(int(side)).integers(0, 256, (int(side), int(side), 3), dtype=np.uint8)
        ours = {"phash_ms": milliseconds(lambda p=picture: phash(p)), "pdq_ms": milliseconds(lambda p=picture: pdq(p))}
        table[side] = ours | row
    return table


def compare_search(lists: dict, peers, theirs: dict) -> dict:
    table = {}
    for name, (listed, queries) in lists.items():
        say(f"search: {name}")
        start = CLOCK()
        index = HashIndex(listed)
        built = CLOCK() - start
        index.near(queries[0])
        start = CLOCK()
        found = [index.near(query)[0] for query in queries]
        near = CLOCK() - start
        start = CLOCK()
        for query in queries[:10]:
            scan(listed, query, 31)
        scanned = CLOCK() - start
        ours = [(number, row) for number, rows in enumerate(found) for row in rows.tolist()]
        tracemalloc.start()
        index.near(queries[0])
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        table[name] = {
            "same_matches_as_faiss": bool(np.array_equal(np.array(ours).reshape(-1, 2), peers["found " + name])),
            "matches": len(ours),
            "ours_ms": round(1000 * near / len(queries), 3),
            "ours_build_s": round(built, 3),
            "ours_peak_query_mb": round(peak / 1e6, 2),
            "scan_ms": round(1000 * scanned / 10, 3),
        } | {f"faiss_{key}": value for key, value in theirs[name].items()}
    return table


def students_hash(scenes: int = 600) -> dict:
    """Say what the students' hash keeps and confuses: shares within 8 bits, by class of change."""
    say("the students' hash")
    pictures = [photograph(scene) for scene in range(1000, 1000 + scenes)]
    hashes = np.array([phash(picture) for picture in pictures])
    apart = (hashes[:, None] != hashes[None]).sum(axis=2)[np.triu_indices(scenes, 1)]
    kept = {}
    for chain in CHAINS:
        far = [distance(hashes[n], phash(launder(p, chain, seed=n))) for n, p in enumerate(pictures[:150])]
        kept[chain] = {"mean": round(float(np.mean(far)), 2), "within_8": round(float(np.mean(np.array(far) <= 8)), 3)}
    far = np.array([distance(hashes[n], phash(np.ascontiguousarray(p[:, ::-1]))) for n, p in enumerate(pictures[:150])])
    kept["mirror"] = {"mean": round(float(far.mean()), 2), "within_8": round(float((far <= 8).mean()), 3)}
    forms = np.array([phash(make_form(number)) for number in range(100)])
    near = (forms[:, None] != forms[None]).sum(axis=2)[np.triu_indices(100, 1)]
    return {
        "unrelated": {
            "pairs": len(apart),
            "mean": round(float(apart.mean()), 2),
            "deviation": round(float(apart.std()), 2),
            "least": int(apart.min()),
            "within_8": float(np.mean(apart <= 8)),
        },
        "kept": kept,
        "forms": {"pairs": len(near), "mean": round(float(near.mean()), 2), "least": int(near.min()),
                  "within_8": round(float((near <= 8).mean()), 3)},
    }  # fmt: skip


def write_golden(pictures: dict, peers) -> None:
    """Keep what imagehash gave for pictures that the tests can make again."""
    chosen = [name for name in pictures if name.split()[0] in ("flat", "slope", "noise", "form", "tiles", "sample")]
    golden = {name: np.packbits(peers["phash " + name]).tobytes().hex() for name in chosen}
    golden |= {f"pdq {name}": np.packbits(peers["pdq " + name]).tobytes().hex() for name in chosen}
    golden |= {f"quality {name}": int(peers["quality " + name]) for name in chosen}
    (ROOT / "tests" / "hash_golden.json").write_text(json.dumps(golden, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "work" / "hashing")
