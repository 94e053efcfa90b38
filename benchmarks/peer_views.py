"""Views per second of lightly's SimCLR transform; runs in the venv that `benchmarks.learning --peer` makes.

`python peer_views.py IMAGES.npy SIZE RECIPE.json` prints views per CPU second of one thread. The transform
gets the strengths of our recipe, and makes two views of an image, as in training.
"""

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import torch
from PIL import Image

ROUNDS = 3
_kept: list[object] = []


def allow_torchvision() -> None:
    """Let torchvision be imported beside a torch without CUDA.

    Its compiled part needs CUDA; transforms and models do not use it, but its import looks for two names.
    """
    define_library: Callable[[str, str], Any] = torch.library.Library
    library = define_library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _kept.append(library)  # what it defines goes with it


def main(images: str, size: str, recipe: str) -> None:
    allow_torchvision()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    told = json.loads(recipe)
    transform = import_module("lightly.transforms").SimCLRTransform(input_size=int(size), **told)
    pictures = [Image.fromarray(image) for image in np.load(images)]
    best = 0.0
    for _ in range(ROUNDS):
        started = time.process_time()
        n_views = sum(len(transform(picture)) for picture in pictures)
        best = max(best, n_views / (time.process_time() - started))
    print(best)


if __name__ == "__main__":
    main(*sys.argv[1:])
