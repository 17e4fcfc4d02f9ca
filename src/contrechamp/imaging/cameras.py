"""Eight simulated cameras: lens, sensor, mosaic, noise, processing.

Each step is a function that a lesson can call alone. Five cameras serve for training, three are kept unseen for the
test. A picture of a camera is float32, (size, size, 3), sRGB-coded 0..1, not yet rounded nor compressed.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import ndimage as ndi

from contrechamp.errors import ContrechampError
from contrechamp.imaging.demosaicing import DEMOSAICERS, mosaic
from contrechamp.imaging.fields import grid
from contrechamp.imaging.scenes import LARGEST, Scene
from contrechamp.imaging.seeds import stream
from contrechamp.language import gettext as _

#: Ids of the cameras: those of the training split, and those that only the test sees.
TRAINING_CAMERAS, UNSEEN_CAMERAS = (0, 1, 2, 3, 4), (5, 6, 7)
CAMERAS = TRAINING_CAMERAS + UNSEEN_CAMERAS


@dataclass(frozen=True)
class Camera:
    """The constants of one camera.

    Attributes
    ----------
    id : int
    blur : float
        Width of the lens's point spread, standard deviation in pixels.
    vignette : float
        Light lost in the corners, 0..1.
    exposure : float
    phase : int
        Where the tile of the colour filter begins, 0..3.
    demosaicer : str
        One of `demosaicing.DEMOSAICERS`.
    uneven : float
        Relative standard deviation of the pixels' sensitivity (PRNU).
    shot, read : float
        Noise: variance is ``shot * signal + read ** 2``, signal 0..1.
    balance : tuple of float
        Gains of red, green, blue.
    saturation, smoothing, sharpening : float
        Colour contrast about 1; share of a blurred copy mixed in; weight of the unsharp mask.
    """

    id: int
    blur: float
    vignette: float
    exposure: float
    phase: int
    demosaicer: str
    uneven: float
    shot: float
    read: float
    balance: tuple[float, float, float]
    saturation: float
    smoothing: float
    sharpening: float


@lru_cache(maxsize=len(CAMERAS))
def camera(camera_id: int) -> Camera:
    """Return one of the eight cameras. Its constants are drawn from the stream of its id, always the same.

    Parameters
    ----------
    camera_id : int
        One of `CAMERAS`, 0..7.

    Returns
    -------
    Camera

    Raises
    ------
    ContrechampError
        When the id is no whole number from 0 to 7.
    """
    if camera_id not in CAMERAS:
        raise ContrechampError(
            _("There is no camera {camera!r}. Known: {known}.").format(
                camera=camera_id, known=", ".join(map(str, CAMERAS))
            )
        )
    rng = stream("camera", camera_id)
    between = rng.uniform
    return Camera(
        id=int(camera_id),
        blur=between(0.40, 0.70),
        vignette=between(0.0, 0.35),
        exposure=between(0.80, 1.05),
        phase=int(rng.integers(4)),
        demosaicer=list(DEMOSAICERS)[camera_id % len(DEMOSAICERS)],
        uneven=between(0.008, 0.018),
        shot=between(0.0006, 0.0030),
        read=between(0.0015, 0.005),
        balance=(between(0.82, 1.1), 1.0, between(0.82, 1.1)),
        saturation=between(0.95, 1.2),
        smoothing=max(0.0, between(-0.1, 0.5)),
        sharpening=max(0.0, between(-0.1, 0.6)),
    )


def shoot(scene: Scene | np.ndarray, with_camera: Camera | int, shot: int = 0) -> np.ndarray:
    """Take a picture.

    Parameters
    ----------
    scene : Scene or ndarray, shape (size, size, 3)
        Linear light, 0..1.
    with_camera : Camera or int
        A camera, or the id of one of the eight.
    shot : int
        Number of the shot: chooses the noise, which no two shots share.

    Returns
    -------
    ndarray of float32, shape (size, size, 3)
        sRGB-coded, 0..1.

    Raises
    ------
    ContrechampError
        When the camera is unknown or the light is no square colour picture.
    """
    device = with_camera if isinstance(with_camera, Camera) else camera(with_camera)
    light = np.asarray(scene.radiance if isinstance(scene, Scene) else scene, dtype=np.float32)
    if light.ndim != 3 or light.shape[0] != light.shape[1] or light.shape[2] != 3 or len(light) > LARGEST:
        raise ContrechampError(
            _("A camera takes light of shape (size, size, 3), size up to {largest}, not {shape}.").format(
                largest=LARGEST, shape=light.shape
            )
        )
    raw = expose(mosaic(through_lens(light, device), device.phase), device, shot)
    return develop(DEMOSAICERS[device.demosaicer](raw, device.phase), device)


def through_lens(light: np.ndarray, device: Camera) -> np.ndarray:
    """Blur by the lens, darken the corners, expose: linear light (size, size, 3) to the same.

    Parameters
    ----------
    light : ndarray of float32, shape (size, size, 3)
        Linear light, 0..1.
    device : Camera

    Returns
    -------
    ndarray of float32, shape (size, size, 3)
        Linear light, not yet clipped.
    """
    y, x = grid(len(light))
    corner = ((2 * x - 1) ** 2 + (2 * y - 1) ** 2) / 2
    blurred = ndi.gaussian_filter(light, (device.blur, device.blur, 0), mode="mirror", truncate=3)
    return blurred * (np.float32(device.exposure) * (1 - np.float32(device.vignette) * corner))[..., None]


@lru_cache(maxsize=len(CAMERAS))
def sensitivity(camera_id: int) -> np.ndarray:
    """Return the fixed unevenness of a sensor, shape (512, 512), mean 0, deviation 1: its fingerprint (PRNU).

    References
    ----------
    J. Lukas, J. Fridrich, M. Goljan, "Digital camera identification from sensor pattern noise", IEEE TIFS, 2006.
    """
    plane = stream("sensor", camera_id).standard_normal((LARGEST, LARGEST), dtype=np.float32)
    plane.flags.writeable = False
    return plane


def expose(signal: np.ndarray, device: Camera, shot: int = 0) -> np.ndarray:
    """Measure the light that reached each pixel: unevenness (PRNU), shot and read noise, 12 bits.

    Parameters
    ----------
    signal : ndarray of float32, shape (size, size)
        Linear light behind the colour filter, 0..1; size up to 512.
    device : Camera
    shot : int
        Number of the shot, from 0: chooses the noise.

    Returns
    -------
    ndarray of float32, shape (size, size)
        Multiples of 1 / 4095, from 0 to 1.
    """
    size = len(signal)
    signal = signal * (1 + np.float32(device.uneven) * sensitivity(device.id)[:size, :size])
    noise = stream("shot", device.id, shot).standard_normal((size, size), dtype=np.float32)
    signal = signal + np.sqrt(np.float32(device.shot) * np.maximum(signal, 0) + np.float32(device.read**2)) * noise
    return np.round(np.clip(signal, 0, 1) * np.float32(4095)) / np.float32(4095)


def develop(light: np.ndarray, device: Camera) -> np.ndarray:
    """Turn linear colours into a picture: white balance, saturation, sRGB tone, smoothing, sharpening.

    Parameters
    ----------
    light : ndarray of float32, shape (size, size, 3)
        Linear red, green and blue after demosaicing; values outside 0..1 are clipped after white balance.
    device : Camera

    Returns
    -------
    ndarray of float32, shape (size, size, 3)
        sRGB-coded, 0..1.
    """
    light = np.clip(light * np.array(device.balance, np.float32), 0, 1)
    grey = light.mean(axis=2, keepdims=True)
    picture = srgb(grey + (light - grey) * np.float32(device.saturation))
    if device.smoothing:
        soft = ndi.gaussian_filter(picture, (0.6, 0.6, 0), truncate=3)
        picture += np.float32(device.smoothing) * (soft - picture)
    if device.sharpening:
        picture += np.float32(device.sharpening) * (picture - ndi.gaussian_filter(picture, (1, 1, 0), truncate=3))
    return np.clip(picture, 0, 1)


def srgb(light: np.ndarray) -> np.ndarray:
    """Code linear light 0..1 as sRGB 0..1 (IEC 61966-2-1), by a table of 4096 steps with linear interpolation."""
    return np.interp(np.clip(light, 0, 1), *_tone()).astype(np.float32)


@lru_cache(maxsize=1)
def _tone() -> tuple[np.ndarray, np.ndarray]:
    light = np.linspace(0, 1, 4097) ** 2  # finer steps in the dark, where the curve is steep
    return light, np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
