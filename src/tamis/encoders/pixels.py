"""Pixels: the picture itself, made tiny. No weights; the baseline that every encoder has to beat."""

import hashlib

import numpy as np

from tamis.encoders.base import Encoder, Images, Vectors
from tamis.model.digest import Json

SIDE = 16
_PREPROCESSING: dict[str, Json] = {"color": "rgb", "size": 224, "areas": SIDE, "divide": 255}


class Pixels(Encoder):
    """Average each of 16 x 16 areas: 768 numbers between 0 and 1."""

    scheme = name = "pixels"
    title = "Tiny pixels (baseline)"
    dimension = SIDE * SIDE * 3
    input_size = 224
    batch_size = 4
    weights = hashlib.sha256(b"").hexdigest()
    preprocessing = _PREPROCESSING

    def _encode_batch(self, images: Images) -> Vectors:
        step = self.input_size // SIDE
        # Integer sums are exact in any order, so the bits are the same on every machine.
        areas = images.reshape(len(images), SIDE, step, SIDE, step, 3)
        sums = areas.sum(axis=2, dtype=np.uint32).sum(axis=3, dtype=np.uint32)
        means: Vectors = sums.astype(np.float32) / np.float32(step * step * 255)
        return means.reshape(len(images), self.dimension)
