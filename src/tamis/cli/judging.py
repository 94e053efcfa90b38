"""Did training help? The trained encoder beside the frozen ones, on the same images."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tamis.cli.training_source import Source
from tamis.encoders import Encoder, open_encoder
from tamis.images.square import squares
from tamis.model.machine import cores
from tamis.projection import fit_basis
from tamis.services import decoding

FROZEN, TRAINED = ("pixels", "lite0"), "trained"
MOST_IMAGES = 2000
_DIMENSIONS = 32
Labels = NDArray[np.int64]
Vectors = NDArray[np.float32]
Hits = NDArray[np.bool_]


@dataclass(frozen=True)
class Score:
    """What an encoder's vectors are worth.

    `knn` is the share of images whose five nearest others vote for its label, by the full vector, and
    `knn_reduced` by the 32 numbers that selection uses; both only where there are labels.
    """

    name: str
    dimension: int
    effective_rank: float
    uniformity: float
    knn: float | None
    knn_reduced: float | None


@dataclass(frozen=True)
class Verdict:
    """The scores, and plain words about them. `helped` is None where nobody can tell."""

    scores: tuple[Score, ...]
    n_images: int
    helped: bool | None
    sentences: tuple[str, ...]


def judge(run: Path, source: Source, names: Sequence[str], labels: Labels | None, cache: Path) -> Verdict:
    """Encode up to 2,000 of the images by each encoder, and compare.

    `names` are those of the pool; `labels` has an integer for each, -1 for none.
    """
    from tamis.learning.feed import sample_rows

    rows = np.arange(len(names)) if labels is None else np.flatnonzero(labels >= 0)
    rows = rows[sample_rows(len(rows), MOST_IMAGES, 0)]
    read = _thumbnails(source, {names[int(row)] for row in rows})
    rows = np.array([row for row in rows.tolist() if names[row] in read], np.int64)
    thumbnails = [read[names[row]] for row in rows.tolist()]
    scores, hits = [], {}
    for name in (*FROZEN, f"own:{run}"):
        encoder = open_encoder(name, cache)
        title = TRAINED if name.startswith("own:") else name
        score, hits[title] = _score(
            title, _encode(encoder, thumbnails), None if labels is None else labels[rows]
        )
        scores.append(score)
    helped, sentences = _words(hits)
    return Verdict(tuple(scores), len(rows), helped, sentences)


def _thumbnails(source: Source, wanted: set[str]) -> Mapping[str, bytes]:
    """Read images once more; one that is gone by now is left out."""
    some = source.some(row for row, file in enumerate(source.files) if file.name in wanted)
    with decoding.new_engine() as engine:
        results = decoding.read(engine, source.folder, some.relatives())
        return {
            file.name: result.thumbnail
            for file, result in zip(some.files, results, strict=True)
            if result.thumbnail is not None
        }


def _encode(encoder: Encoder, thumbnails: Sequence[bytes]) -> Vectors:
    from concurrent.futures import ThreadPoolExecutor

    def encode(start: int) -> Vectors:
        part = thumbnails[start : start + encoder.batch_size]
        return encoder.encode(squares(part, encoder.input_size))

    with ThreadPoolExecutor(min(encoder.lanes, cores())) as pool:
        return np.concatenate(list(pool.map(encode, range(0, len(thumbnails), encoder.batch_size))))


def _score(name: str, vectors: Vectors, labels: Labels | None) -> tuple[Score, Hits | None]:
    from tamis.learning.health import hits_of, without_labels

    rank, evenness = without_labels(vectors)
    if labels is None:
        return Score(name, vectors.shape[1], rank, evenness, None, None), None
    few = min(_DIMENSIONS, vectors.shape[1], len(vectors))
    hits = hits_of(vectors, labels)
    reduced = hits_of(fit_basis([vectors], few).apply(vectors), labels)
    return Score(name, vectors.shape[1], rank, evenness, float(hits.mean()), float(reduced.mean())), hits


def _words(hits: Mapping[str, Hits | None]) -> tuple[bool | None, tuple[str, ...]]:
    """Say whether training helped: the difference in points, against twice its standard error."""
    best, trained = _best(hits), hits[TRAINED]
    if best is None or trained is None:
        return None, (
            "Without labels no number tells whether training helped. Give some with --labels, or look at the "
            "nearest neighbours of a few images.",
        )
    difference = trained.astype(np.float64) - best[1]
    points, error = 100 * difference.mean(), 100 * difference.std() / math.sqrt(len(difference))
    told = f"{points:+.1f} points of 5-NN accuracy against {best[0]} (standard error {error:.1f})"
    if points > 2 * error:
        return True, (f"Training helped: {told}.",)
    advice = (
        "Use the frozen encoder, or try: more minutes; an --augmentation that keeps what your labels are "
        "about (color-matters where colour is); --method simclr or vicreg; more images.",
    )
    if points >= -2 * error:
        return False, (f"Training made no difference that can be told from chance: {told}.", *advice)
    return False, (f"Training did not help: {told}.", *advice)


def _best(hits: Mapping[str, Hits | None]) -> tuple[str, Hits] | None:
    frozen = [(name, found) for name, found in hits.items() if name != TRAINED and found is not None]
    return max(frozen, key=lambda one: float(one[1].mean()), default=None)
