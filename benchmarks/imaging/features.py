"""Single numbers that might give a generator away, each computed from its pixels alone (0..255)."""

import numpy as np
from scipy import fft
from scipy import ndimage as ndi


def single_features(pixels: np.ndarray) -> dict[str, float]:
    """Return about seventy single features of a picture (uint8)."""
    picture = pixels.astype(np.float32)
    residual = picture - np.stack([ndi.uniform_filter(picture[..., c], 3) for c in range(3)], axis=2)
    found = {**_noise(residual), **_spectrum(residual), **_lattice(residual), **_blocks(picture)}
    return {name: float(value) for name, value in found.items()}


def _noise(residual):
    found = {}
    for c, name in enumerate("rgb"):
        plane = residual[..., c]
        power = (plane**2).mean() + 1e-3
        found[f"energy_{name}"] = np.log(power)
        found[f"kurtosis_{name}"] = (plane**4).mean() / power**2
        for dy, dx in ((0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (2, 2), (0, 4), (4, 0)):
            found[f"lag_{name}_{dy}{dx}"] = (
                plane[dy:, dx:] * plane[: len(plane) - dy, : len(plane) - dx]
            ).mean() / power
    r, g, b = (residual[..., c].ravel() for c in range(3))
    found["r_with_g"], found["b_with_g"] = np.corrcoef(r, g)[0, 1], np.corrcoef(b, g)[0, 1]
    found["red_minus_green"] = np.log(((r - g) ** 2).mean() + 1e-3)
    quiet = np.abs(residual[..., 1])
    found["median"], found["tail"] = np.median(quiet), np.quantile(quiet, 0.95)
    return found


def _spectrum(residual):
    grey = residual.mean(axis=2)
    size = len(grey)
    window = np.outer(np.hanning(size), np.hanning(size))
    power = np.log(np.abs(fft.fft2(grey * window)) ** 2 + 1)
    radius = np.hypot(*np.meshgrid(fft.fftfreq(size), fft.fftfreq(size), indexing="ij"))
    found = {}
    for low in np.arange(0.1, 0.7, 0.1):
        found[f"band_{low:.1f}"] = power[(radius >= low) & (radius < low + 0.1)].mean()
    found["slope"] = found["band_0.6"] - found["band_0.2"]
    found["bend"] = found["band_0.4"] - (found["band_0.2"] + found["band_0.6"]) / 2
    for name, (fy, fx) in {
        "peak_h": (0, 0.5),
        "peak_v": (0.5, 0),
        "peak_d": (0.5, 0.5),
        "quarter": (0.25, 0.25),
    }.items():
        y, x = round(fy * size), round(fx * size)
        near = np.ix_(np.arange(y - 4, y + 5) % size, np.arange(x - 4, x + 5) % size)
        found[name] = power[y % size, x % size] - np.median(power[near])
    return found


def _lattice(residual):
    """Compare the noise of the four places in a tile of two by two (mosaic, up-sampling)."""
    found = {}
    for c, name in enumerate("rgb"):
        size = [np.abs(residual[dy::2, dx::2, c]).mean() for dy in (0, 1) for dx in (0, 1)]
        mean = np.mean(size) + 0.1
        found[f"tile_spread_{name}"] = np.std(size) / mean
        found[f"tile_diagonal_{name}"] = abs(size[0] + size[3] - size[1] - size[2]) / mean
        found[f"tile_first_{name}"] = size[0] / mean
    return found


def _blocks(picture):
    grey = picture.mean(axis=2)
    tiles = grey.reshape(len(grey) // 8, 8, -1, 8).transpose(0, 2, 1, 3)
    power = np.log((fft.dctn(tiles, axes=(2, 3), norm="ortho") ** 2).mean(axis=(0, 1)) + 0.1)
    order = np.add.outer(np.arange(8), np.arange(8))
    found = {f"dct_{low}": power[(order >= low) & (order < low + 2)].mean() for low in (2, 4, 6, 8, 10, 12)}
    found["dct_44"], found["dct_77"] = power[4, 4], power[7, 7]
    found["dct_bend"] = found["dct_6"] - (found["dct_2"] + found["dct_12"]) / 2
    return found


def shortcuts(pixels: np.ndarray) -> dict[str, np.ndarray]:
    """Return what must not tell the classes apart."""
    flat = pixels.reshape(-1, 3).astype(np.float32)
    bins = [np.histogram(flat[:, c], 16, (0, 256))[0] / len(flat) for c in range(3)]
    step = len(pixels) // 8
    small = pixels.reshape(8, step, 8, step, 3).mean(axis=(1, 3))
    return {
        "mean_std": np.concatenate([flat.mean(axis=0), flat.std(axis=0)]),
        "histogram_48": np.concatenate(bins),
        "thumbnail_8x8": small.ravel(),
    }
