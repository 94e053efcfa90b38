"""Read the result of `tamis curate` through the client, as any program would."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image

from demo.result import Kept, Result
from tamis.client import Client
from tamis.model.job import Job
from tamis.model.sample import Sample
from tamis.model.selection import CurvePoint

Picture = Callable[[Sample], Image.Image]


def collect(client: Client, summary: dict[str, Any], title: str, picture: Picture) -> Result:
    """Return what `tamis curate --json` speaks of, with the pictures of the chosen images."""
    dataset, tag = summary["dataset"]["id"], summary["tag"]
    selection = client.selection(dataset, summary["selection"]["id"])
    points = columns(client.points(dataset, summary["projection_id"]))
    ranking = columns(client.ranking(dataset, selection.id))
    samples = {sample.position: sample for sample in client.samples(dataset, tag["id"])}
    chosen = [
        Kept(
            position=position,
            name=samples[position].file_name,
            label=str(samples[position].metadata.get("name") or Path(samples[position].file_name).stem),
            importance=importance,
            picture=picture(samples[position]),
        )
        for position, importance in zip(
            ranking["position"].tolist(), ranking["importance"].tolist(), strict=True
        )
        if position in samples
    ]
    return Result(
        title=title,
        points=np.stack([points["x"], points["y"]], axis=1),
        kept=chosen,
        total=summary["dataset"]["images"],
        problems=summary["bad"],
        curve=_curve(selection.curve),
        random_curve=_curve(selection.random_curve),
        speeds=speeds(list(client.jobs(dataset))),
        strategy=str(selection.strategy["strategy"]),
        encoder=client.embedding(dataset, summary["embedding_id"]).encoder.name,
        seed=selection.seed,
        digest=tag["digest"],
    )


def columns(arrow: bytes) -> dict[str, NDArray[np.float32]]:
    """Return the columns of an Arrow file by name."""
    table = pa.ipc.open_file(arrow).read_all()
    return {name: table.column(name).to_numpy() for name in table.column_names}


def speeds(jobs: list[Job]) -> dict[str, float]:
    """Return images per second of reading and encoding, each from the job that had the most to do."""
    found: dict[str, tuple[int, float]] = {}
    for job in jobs:
        images = int(str(job.result.get({"ingest": "new", "embed": "encoded"}.get(job.kind, ""), 0)))
        if job.started_at and job.finished_at and images > found.get(job.kind, (0, 0.0))[0]:
            found[job.kind] = images, 1000 * images / max(job.finished_at - job.started_at, 1)
    return {kind: speed for kind, (_, speed) in found.items()}


def original(folder: Path) -> Picture:
    """Return how to open a sample's own file: the demo's images, with their transparent parts."""

    def opened(sample: Sample) -> Image.Image:
        with Image.open(folder / sample.file_name) as image:
            return image.convert("RGBA")

    return opened


def thumbnail(client: Client) -> Picture:
    """Return how to open a sample's thumbnail: images of any kind and size, decoded and upright."""

    def opened(sample: Sample) -> Image.Image:
        with Image.open(io.BytesIO(client.thumbnail(sample.dataset_id, sample.position))) as image:
            return image.convert("RGB")

    return opened


def _curve(points: list[CurvePoint]) -> list[tuple[int, float, float]]:
    return [(point.k, point.radius, point.mean) for point in points]
