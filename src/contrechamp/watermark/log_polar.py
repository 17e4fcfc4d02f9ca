"""A mark in the magnitude of the spectrum, on a log-polar grid: it is found after turning, zooming and cropping.

Cells of the spectrum are made a little louder or softer, as the key says. Three cells in ten are pilots, known to
the detector: it slides the key's pattern over the map of the received picture, over all angles and zooms at once,
with one small cross-correlation. Where the pilots fit best, the other cells tell the message; and the shift tells
how the picture was turned and cut.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import exp, sqrt

import numpy as np
from scipy import fft
from scipy import ndimage as ndi

from contrechamp.watermark import keys, polar_grid
from contrechamp.watermark.evidence import both, chi_square_bound, hoeffding, read_bits
from contrechamp.watermark.masking import spare_flat_areas
from contrechamp.watermark.polar_grid import FINER, HEIGHT, RINGS, SECTORS, SHIFTS, SPAN, STEP, WIDTH
from contrechamp.watermark.protocol import Detection, Geometry, Watermark

CELLS = RINGS * SECTORS
#: One cell of every `PILOTS` in ten is a pilot.
PILOTS = 3
#: How fast the change grows where the picture is weak, and the largest change of a logarithm.
GROWTH, LOUDEST = 0.9, 0.7
#: Noise that is added to cells of pictures with nothing to make louder, in grey levels at most.
GRAIN = 1.0


@dataclass(frozen=True)
class Map:
    """What a picture shows before the key is known.

    Attributes
    ----------
    values : ndarray of float32, shape (2, HEIGHT, WIDTH)
        The evened map, as it is and mirrored.
    transforms : ndarray of complex64, shape (2, HEIGHT, WIDTH // 2 + 1)
        Its Fourier transforms.
    energy : ndarray of float32, shape (2, SHIFTS, WIDTH)
        Sum of the squares at the pilots' places, for each shift.
    """

    values: np.ndarray
    transforms: np.ndarray
    energy: np.ndarray


class LogPolar(Watermark):
    """A mark of the Fourier magnitude on a log-polar grid. Parameters are those of `Watermark`.

    It finds the mark at any angle and at zooms from 1/2.2 to 2.2, mirrored or not. It does not find it after a
    change of the proportions or of the perspective.
    """

    def change(self, grey: np.ndarray, word: np.ndarray, allowed: float) -> np.ndarray:
        """Return what to add to the brightness, as `Watermark.change` says."""
        return spare_flat_areas(self.pattern(grey, word, allowed), grey, allowed)

    def pattern(self, grey: np.ndarray, word: np.ndarray, allowed: float) -> np.ndarray:
        """Return the change before the eye is asked: louder and softer cells, with the energy allowed.

        Parameters
        ----------
        grey : ndarray of float32, shape (height, width)
            Brightness 0..255 at working size.
        word : ndarray of float, shape (2 * bits,)
            -1 or 1, from `coding.encode`.
        allowed : float
            Mean squared change, in grey levels squared.

        Returns
        -------
        ndarray of float32, shape (height, width)
            What to add to the brightness. Less than `allowed` where nothing can be made louder, even with grain.
        """
        height, width = grey.shape
        cell = polar_grid.cells(height, width)
        weight = polar_grid.weights(height, width)
        spectrum = fft.rfft2(grey - grey.mean())
        power = np.bincount(cell.ravel(), ((spectrum.real**2 + spectrum.imag**2) * weight).ravel(), CELLS + 1)[:CELLS]
        signs = self.signs(word).astype(float)
        gain = gains(signs, power, _counts(height, width), allowed * (height * width) ** 2)
        change = fft.irfft2(spectrum * np.append(gain, 0).astype(np.float32)[cell], s=(height, width))
        lacking = allowed - float(np.mean(change * change))
        if lacking > 0.01 * allowed:
            louder = np.append(signs > 0, 0).astype(np.float32)
            grain = fft.irfft2(_grain(height, width) * louder[cell], s=(height, width))
            change += grain * np.float32(min(GRAIN, sqrt(lacking)) / grain.std())
        return change

    def signs(self, word: np.ndarray) -> np.ndarray:
        """Return which cells are to be louder (1) and which softer (-1), float32, shape (RINGS * SECTORS,)."""
        signs, (_pilots, rest) = keys.chips(self.key, "log-polar", CELLS), roles()
        signs[rest] *= word[keys.owners(rest.size, len(word))]
        return signs

    def features(self, pixels: np.ndarray) -> Map:
        """Return what is read before the key is known.

        Parameters
        ----------
        pixels : ndarray of uint8, shape (height, width, 3)

        Returns
        -------
        Map
        """
        values = polar_grid.evened(*polar_grid.sampled(pixels))
        values = np.stack([values, values[:, ::-1]])
        pilots, _rest = roles()
        places = np.zeros(CELLS, np.float32)
        places[pilots] = 1
        energy = _correlate(fft.rfft2(values * values), _template(places))
        return Map(values, fft.rfft2(values), np.maximum(energy, np.float32(1e-3) * energy.max() + np.float32(1e-6)))

    def judge(self, features: Map) -> Detection:
        """Find the shift that fits the pilots best, read the message there.

        At each shift the pilots' sum is bounded by Hoeffding's theorem, the message's squares by Chernoff's; they
        use different chips, so their product is bounded by Fisher's. Each shift that was tried counts.

        Parameters
        ----------
        features : Map
            From `features`.

        Returns
        -------
        Detection
            With its `geometry`; the score is the pilots' sum at the best shift, in deviations.

        References
        ----------
        W. Hoeffding, "Probability inequalities for sums of bounded random variables", JASA 58, 1963.
        R. A. Fisher, "Statistical Methods for Research Workers", 4th edition, 1932.
        """
        chips, (_pilots, rest) = keys.chips(self.key, "log-polar", CELLS), roles()
        fit = _correlate(features.transforms, _pilot_transform(self.key)) / np.sqrt(features.energy)
        mirrored, up, aside = np.unravel_index(int(np.argmax(fit)), fit.shape)
        score = float(fit[mirrored, up, aside])
        rows = up + FINER // 2 + FINER * np.arange(RINGS)
        columns = (aside + FINER // 2 + FINER * np.arange(SECTORS)) % WIDTH
        heard = (features.values[mirrored][rows[:, None], columns] * chips.reshape(RINGS, SECTORS)).ravel()
        trust = np.repeat(_trust(heard), SECTORS)
        read = read_bits((heard * trust)[rest], 1.0, keys.owners(rest.size, 2 * self.bits), 2 * self.bits)
        p_value = both(hoeffding(score), chi_square_bound(float(read @ read), len(read)), fit.size)
        return self.decide(read, p_value, score=score, geometry=_geometry(fit, int(mirrored), int(up), int(aside)))


def gains(signs: np.ndarray, power: np.ndarray, counts: np.ndarray, allowed: float) -> np.ndarray:
    """Return by which share each cell is made louder or softer, so that the squares add up to what is allowed.

    Parameters
    ----------
    signs : ndarray of float, shape (RINGS * SECTORS,)
        1 for louder, -1 for softer.
    power : ndarray of float, shape (RINGS * SECTORS,)
        Sum of the squared magnitudes in each cell.
    counts : ndarray of float, shape (RINGS * SECTORS,)
        How many coefficients a cell has.
    allowed : float
        Sum of the squared changes of all cells, in the unit of `power`.

    Returns
    -------
    ndarray of float, shape (RINGS * SECTORS,)
        Above -1; the natural logarithm of 1 plus it stays within `LOUDEST`, so that `allowed` may not be reached.
    """
    level = np.log(power / np.maximum(counts, 1) + 1).reshape(RINGS, SECTORS) / 2
    around = ndi.uniform_filter(level, 5, mode=("nearest", "wrap"))
    shape = np.exp(-GROWTH * (around - around.mean())).ravel()

    def change(strength: float) -> np.ndarray:
        """Return by which share each cell changes at a strength of 0 or more."""
        return np.expm1(signs * np.minimum(strength * shape, LOUDEST))

    low, high = 0.0, 20.0
    for _halving in range(20):
        middle = (low + high) / 2
        low, high = (low, middle) if np.sum(change(middle) ** 2 * power) > allowed else (middle, high)
    return change(low)


@lru_cache(maxsize=1)
def roles() -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of the cells that are pilots and of those that carry the message: public, and scattered."""
    tenth = keys.owners(CELLS, 10)
    return np.flatnonzero(tenth < PILOTS), np.flatnonzero(tenth >= PILOTS)


@lru_cache(maxsize=8)
def _counts(height: int, width: int) -> np.ndarray:
    weight = polar_grid.weights(height, width)
    return np.bincount(polar_grid.cells(height, width).ravel(), weight.ravel(), CELLS + 1)[:CELLS]


@lru_cache(maxsize=4)
def _grain(height: int, width: int) -> np.ndarray:
    return fft.rfft2(keys.fractions(b"public", "grain", height * width).reshape(height, width) - np.float32(0.5))


def _template(values: np.ndarray) -> np.ndarray:
    """Return the conjugate transform of a map that is 0 but for one value in the middle of each cell."""
    spread = np.zeros((HEIGHT, WIDTH), np.float32)
    spread[FINER // 2 : RINGS * FINER : FINER, FINER // 2 :: FINER] = values.reshape(RINGS, SECTORS)
    return np.conj(fft.rfft2(spread))


@lru_cache(maxsize=16)
def _pilot_transform(key: bytes) -> np.ndarray:
    chips, (_pilots, rest) = keys.chips(key, "log-polar", CELLS), roles()
    chips[rest] = 0
    return _template(chips)


def _correlate(transforms: np.ndarray, template: np.ndarray) -> np.ndarray:
    """Return the sums of map times template at all shifts, the first axis being as it is and mirrored."""
    return fft.irfft2(transforms * template, s=(HEIGHT, WIDTH))[..., :SHIFTS, :]


def _trust(heard: np.ndarray) -> np.ndarray:
    """Return how much each ring is to be believed, from how well its pilots and its neighbours' came through."""
    pilots, _rest = roles()
    known = np.zeros(CELLS)
    known[pilots] = 1
    sums = [(part * known).reshape(RINGS, SECTORS).sum(axis=1) for part in (heard, heard**2, np.ones(CELLS))]
    fits, squares, counts = (ndi.gaussian_filter1d(part, 2) for part in sums)
    clear = np.clip(fits / np.sqrt(squares * counts + 1e-9), 0.02, 0.97)
    return clear / (1 - clear**2) / np.sqrt(squares / counts + 1e-6)


def _geometry(fit: np.ndarray, mirrored: int, up: int, aside: int) -> Geometry:
    """Turn the best shift into angle and scale, between samples by a parabola through the neighbours."""
    plane = fit[mirrored]
    row = plane[np.clip([up - 1, up, up + 1], 0, SHIFTS - 1), aside]
    column = plane[up, np.array([aside - 1, aside, aside + 1]) % WIDTH]
    angle = -np.degrees((aside + _top(column)) / FINER * STEP)
    scale = exp(((up + _top(row)) / FINER - SPAN) * STEP)
    return Geometry(float((angle + 90) % 180 - 90), float(scale), bool(mirrored))


def _top(three: np.ndarray) -> float:
    """Return where a parabola through three samples is highest, from the middle one, -0.5 to 0.5."""
    bend = three[0] - 2 * three[1] + three[2]
    return float(np.clip((three[0] - three[2]) / (2 * bend), -0.5, 0.5)) if bend < 0 else 0.0
