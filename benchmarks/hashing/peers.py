"""What runs in the environment of the peers: imagehash, pdqhash, faiss. Started by ``measure.py``; prints JSON.

``python peers.py FOLDER``: reads ``pictures.npz`` and ``hashes.npz`` of the folder, writes ``peers.npz``.
"""

import json
import sys
import time
from pathlib import Path

import faiss
import imagehash
import numpy as np
import pdqhash
from PIL import Image

CLOCK = time.process_time


def main(folder: Path) -> None:
    faiss.omp_set_num_threads(1)
    kept, told = {}, {"versions": {"imagehash": imagehash.__version__, "faiss": faiss.__version__}}
    with np.load(folder / "pictures.npz") as pictures:
        for name in pictures.files:
            picture = np.ascontiguousarray(pictures[name])
            kept["phash " + name] = imagehash.phash(Image.fromarray(picture)).hash.ravel()
            bits, quality = pdqhash.compute(picture)
            kept["pdq " + name], kept["quality " + name] = np.asarray(bits, dtype=bool), np.int64(quality)
    told["speed"] = {}
    for side in (128, 512, 1024, 2048):
        picture = np.random.default_rng(side).integers(0, 256, (side, side, 3), dtype=np.uint8)
        told["speed"][side] = {
            "imagehash_ms": milliseconds(lambda p=picture: imagehash.phash(Image.fromarray(p))),
            "pdqhash_ms": milliseconds(lambda p=picture: pdqhash.compute(p)),
        }
    told["search"] = {}
    with np.load(folder / "hashes.npz") as hashes:
        for name in sorted({file.split(" ", 1)[1] for file in hashes.files}):
            listed, queries = hashes["listed " + name], hashes["queries " + name]
            told["search"][name], rows = search(listed, queries)
            kept["found " + name] = rows
    np.savez(folder / "peers.npz", **kept)
    print(json.dumps(told))


def milliseconds(run, times: int = 15) -> float:
    run()
    spent = []
    for _ in range(times):
        start = CLOCK()
        run()
        spent.append(CLOCK() - start)
    return round(1000 * sorted(spent)[times // 2], 3)


def search(listed: np.ndarray, queries: np.ndarray) -> tuple[dict, np.ndarray]:
    flat = faiss.IndexBinaryFlat(256)
    flat.add(listed)
    flat.range_search(queries[:2], 32)
    start = CLOCK()
    limits, _distances, rows = flat.range_search(queries, 32)  # faiss: strictly below
    spent = CLOCK() - start
    one = CLOCK()
    for query in queries[:20]:
        flat.search(query[None], 1)
    one = CLOCK() - one
    table = {"flat_ms": 1000 * spent / len(queries), "flat_one_by_one_ms": 1000 * one / 20}
    if len(listed) <= 1_000_000 and hasattr(faiss, "IndexBinaryMultiHash"):
        multi = faiss.IndexBinaryMultiHash(256, 16, 16)
        multi.nflip = 1
        start = CLOCK()
        multi.add(listed)
        table["multihash_build_s"] = CLOCK() - start
        start = CLOCK()
        for query in queries[:20]:
            multi.range_search(query[None], 32)
        table["multihash_ms"] = 1000 * (CLOCK() - start) / 20
    pairs = [
        (number, int(row))
        for number in range(len(queries))
        for row in sorted(rows[limits[number] : limits[number + 1]])
    ]
    return {key: round(value, 3) for key, value in table.items()}, np.array(pairs).reshape(-1, 2)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
