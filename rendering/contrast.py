"""How light a colour is to the eye, and how two of them stand out from one another (WCAG 2.2)."""

import numpy as np


def luminance(colours: np.ndarray) -> np.ndarray:
    """Return the relative luminance, 0 to 1, of sRGB colours from 0 to 255 (WCAG 2.2)."""
    return (_LINEAR[colours] * np.array([0.2126, 0.7152, 0.0722], np.float32)).sum(axis=-1)


def _linear() -> np.ndarray:
    values = np.arange(256) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4).astype(np.float32)


_LINEAR = _linear()


def ratio(one: np.ndarray | float, other: np.ndarray | float) -> np.ndarray:
    """Return the contrast ratio of two luminances, 1 to 21 (WCAG 2.2)."""
    return (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)
