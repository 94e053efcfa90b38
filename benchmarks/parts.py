"""The parts of the main job, each alone, and for each a baseline that does not change when ours does.

A `prepare_` function does what is not measured (start a process, load a model) and returns what is.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

import numpy as np
from PIL import Image

from benchmarks.machine import cores
from tamis.encoders import open_encoder
from tamis.images.batch import ReadTask, read_task
from tamis.images.square import square
from tamis.jobs import ingest as job
from tamis.jobs.run import Run, Tools
from tamis.model.dataset import DatasetCreate
from tamis.services import datasets, ingest, roots
from tamis.store import thumbnails
from tamis.store.store import Store

P = ParamSpec("P")
T = TypeVar("T")

_ENCODER = "lite0"
_SIZE, _BATCH = 224, 16
_LONGEST_SIDE, _QUALITY = 512, 85


class _Undurable(Run):
    """A run whose steps are plain calls."""

    def step(self, name: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return function(*args, **kwargs)


def prepare_ingest(folder: Path, store: Store) -> Callable[[], object]:
    """Start the reading process; then read, write the thumbnails and commit, as the job does."""
    root = roots.allow(store, folder)
    dataset = datasets.create(store, DatasetCreate(name="benchmark", root_id=root.id))
    run = _Undurable(Tools(store), ingest.create(store, dataset.id).id)
    list(run.tools.engine.map(read_task, [ReadTask(b"/", (b"no-such-image.jpg",))]))
    return lambda: job.work(run)


def prepare_encoder(store: Store) -> Callable[[], object]:
    """Load the encoder; then turn all thumbnails into vectors, in as many threads as it has lanes."""
    encoder = open_encoder(_ENCODER, store.folder.cache)
    encoder.encode(np.zeros((_BATCH, _SIZE, _SIZE, 3), np.uint8))

    def encode(hashes: Sequence[str]) -> object:
        found = (thumbnails.read(store.folder, sha256) for sha256 in hashes)
        return encoder.encode(np.stack([square(data, encoder.input_size) for data in found]))

    def work() -> None:
        hashes = [path.stem for path in sorted((store.folder.path / "thumbnails").rglob("*.jpg"))]
        size = encoder.batch_size
        with ThreadPoolExecutor(encoder.lanes) as pool:
            for _ in pool.map(encode, [hashes[i : i + size] for i in range(0, len(hashes), size)]):
                pass

    return work


def prepare_pillow(paths: Sequence[Path], into: Path) -> Callable[[], object]:
    """Decode in full, resize and save with Pillow alone, in as many threads as there are cores."""
    into.mkdir()

    def shrink(path: Path) -> None:
        with Image.open(path) as opened:
            picture = opened.convert("RGB")
        scale = _LONGEST_SIDE / max(picture.size)
        size = round(picture.width * scale), round(picture.height * scale)
        picture.resize(size, Image.Resampling.BILINEAR).save(into / path.name, quality=_QUALITY)

    def work() -> None:
        with ThreadPoolExecutor(cores()) as pool:
            for _ in pool.map(shrink, paths):
                pass

    return work


def prepare_onnxruntime(store: Store, count: int) -> Callable[[], object]:
    """Open the same model with plain settings; then run it on random tensors, as many as there are images."""
    import onnxruntime

    from tamis.encoders.lite0 import converted

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = cores()
    session = onnxruntime.InferenceSession(
        converted(store.folder.cache), options, providers=["CPUExecutionProvider"]
    )
    chance = np.random.default_rng(0)
    images = chance.integers(0, 256, (_BATCH, _SIZE, _SIZE, 3), dtype=np.uint8)
    session.run(["embedding"], {"images": images})

    def work() -> None:
        for start in range(0, count, _BATCH):
            session.run(["embedding"], {"images": images[: min(_BATCH, count - start)]})

    return work
