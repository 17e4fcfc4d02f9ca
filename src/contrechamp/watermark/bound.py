"""A mark that is bound to its picture: copied onto another one, it is not accepted.

A plain mark says "somebody with the key marked something". The copy attack moves it to a picture that its owner
never saw. Here the rhythm of the chips follows from the key and from the picture's own coarse layout: the signs of
its fifteen lowest waves. Another picture has other signs, and there the copied mark is noise. Signs of weak waves
may flip when the picture is edited, so the detector tries both for the five weakest.

What it does not do: a copy onto a picture of nearly the same layout is accepted, and turning or cropping changes
the layout. A signature binds better: see Content Credentials.
"""

from itertools import product

import numpy as np
from PIL import Image
from scipy.fft import dctn

from contrechamp.watermark import keys, pictures, spread_spectrum
from contrechamp.watermark.evidence import chi_square_bound, read_bits
from contrechamp.watermark.masking import spare_flat_areas
from contrechamp.watermark.protocol import Detection
from contrechamp.watermark.spread_spectrum import SpreadSpectrum

#: Waves along each side whose signs count (without the mean), and how many of the weakest are doubted.
WAVES, DOUBTED = 4, 5


class BoundSpreadSpectrum(SpreadSpectrum):
    """Spread spectrum whose chips follow from key and picture. Parameters are those of `Watermark`.

    Examples
    --------
    >>> from contrechamp.imaging import make_images
    >>> one, other = (picture.pixels for picture in make_images(2, size=128) if picture.recipe.made_by == "camera")
    >>> mark = BoundSpreadSpectrum("our key")
    >>> mark.detect(mark.embed(one, b"ours")).message
    b'ours'
    """

    def change(self, grey: np.ndarray, word: np.ndarray, allowed: float) -> np.ndarray:
        """Return what to add to the brightness, as `Watermark.change` says."""
        own = SpreadSpectrum(bound_key(self.key, signs(grey) > 0), self.bits)
        return spare_flat_areas(own.pattern(grey, word), grey, allowed)

    def features(self, pixels: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:  # type: ignore[override]
        """Return what is read before the key is known.

        Parameters
        ----------
        pixels : ndarray of uint8, shape (height, width, 3)

        Returns
        -------
        places : ndarray of float32, shape (n,)
            The evened coefficients, as `SpreadSpectrum.features` gives them.
        layouts : list of ndarray of bool, shape (15,)
            The 32 layouts that the picture may have had when it was marked.
        """
        waves = signs(pictures.working_copy(pixels))
        doubted, layouts = np.argsort(np.abs(waves))[:DOUBTED], []
        for guess in product((False, True), repeat=DOUBTED):
            layout = waves > 0
            layout[doubted] = guess
            layouts.append(layout)
        return super().features(pixels), layouts

    def judge(self, features: tuple[np.ndarray, list[np.ndarray]]) -> Detection:  # type: ignore[override]
        """Try each layout; each that was tried counts in the p-value.

        Parameters
        ----------
        features : tuple
            From `features`.

        Returns
        -------
        Detection
            Of the layout with the most evidence.
        """
        places, layouts = features
        owner, bits = keys.owners(places.size, 2 * self.bits), 2 * self.bits
        tried = [read_bits(places, self._chips(layout, places.size), owner, bits) for layout in layouts]
        read = max(tried, key=lambda one: float(one @ one))
        return self.decide(read, min(1.0, len(tried) * chi_square_bound(float(read @ read), bits)))

    def _chips(self, layout: np.ndarray, count: int) -> np.ndarray:
        return keys.chips(bound_key(self.key, layout), spread_spectrum.PURPOSE, count)


def bound_key(key: bytes, layout: np.ndarray) -> bytes:
    """Return the key that belongs to one layout, bool (15,)."""
    return key + b" bound to " + np.packbits(layout).tobytes()


def signs(grey: np.ndarray) -> np.ndarray:
    """Return the lowest waves of a picture without its mean, float64, shape (15,).

    Parameters
    ----------
    grey : ndarray of float32, shape (height, width)
        Brightness 0..255.

    Returns
    -------
    ndarray of float64, shape (15,)
        Cosine coefficients of the picture at 32 x 32 pixels; their signs are the layout.
    """
    small = np.asarray(Image.fromarray(grey).resize((32, 32), Image.Resampling.BOX), float)
    return dctn(small, norm="ortho")[:WAVES, :WAVES].ravel()[1:]
