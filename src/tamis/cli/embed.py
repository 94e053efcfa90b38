"""`tamis embed`: images to vectors, of a folder into a file, or of a dataset."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tamis.cli.options import AsJson, Data, load_settings
from tamis.cli.output import BAD_FILES, Usage

if TYPE_CHECKING:
    from tamis.encoders import Encoder
    from tamis.services.vector_files import About

EXAMPLE = "Example: tamis embed photos --out photos.parquet"
_SHOWN_PROBLEMS = 5

Target = Annotated[
    str, typer.Argument(metavar="DIR|DATASET", help="A folder of images, or the name of a dataset.")
]
EncoderName = Annotated[
    str,
    typer.Option(
        "--encoder",
        metavar="NAME",
        help="lite0, pixels, dinov2-small:FILE, onnx:FILE, python:MODULE:FUNCTION and others.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write the vectors here; the ending says how: .parquet, .npz, .csv."),
]
Reduced = Annotated[
    bool, typer.Option("--reduced", help="Write the half-whitened vectors that selection uses.")
]
Dimensions = Annotated[
    int, typer.Option(min=2, max=1024, metavar="D", help="How many numbers a reduced vector has.")
]
Single = Annotated[
    bool, typer.Option("--single", help="Write full vectors as float32, not as float16 (.csv always does).")
]


def embed(
    target: Target,
    encoder: EncoderName = "lite0",
    out: Out = None,
    reduced: Reduced = False,
    dimensions: Dimensions = 32,
    single: Single = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Turn images into vectors.

    With --out, a folder is encoded into a file, without a dataset. A dataset gets an embedding, and goes on
    where it was interrupted; with --out, its vectors are written as well.
    """
    started = time.monotonic()
    _check(encoder, out)
    if out is not None and Path(target).is_dir():
        report = _folder(Path(target), encoder, out, dimensions if reduced else None, single=single)
    else:
        report = _dataset(target, encoder, out, dimensions, data, reduced=reduced, single=single)
    _tell(report | {"seconds": round(time.monotonic() - started, 3)}, as_json=as_json)
    if report.get("problems"):
        raise typer.Exit(BAD_FILES)


def _check(encoder: str, out: Path | None) -> None:
    from tamis.encoders import find_scheme
    from tamis.model.errors import Invalid
    from tamis.services.vector_files import format_of

    try:
        find_scheme(encoder)
        if out is not None:
            format_of(out)
    except Invalid as error:
        raise Usage(error.message, field=error.field) from error
    if out is not None and (out.is_dir() or not out.absolute().parent.is_dir()):
        raise Usage(f"'{out}' cannot be written: name a file in a folder that exists.", field="out")


def _folder(folder: Path, name: str, out: Path, dimensions: int | None, *, single: bool) -> dict[str, Any]:
    from tamis.cli.counting import Counting
    from tamis.encoders import open_encoder
    from tamis.images.listing import walk
    from tamis.model.errors import Invalid
    from tamis.model.machine import user_cache
    from tamis.services import folder_vectors, vector_files
    from tamis.services.decoding import new_engine

    encoder = open_encoder(name, user_cache("encoders") or out.absolute().parent)
    relatives = list(walk(folder))
    if not relatives:
        raise Invalid(f"There are no images in '{folder}'.")
    problems: dict[str, str] = {}
    about = about_of(encoder, dimensions, single=single or out.suffix.lower() == ".csv")
    with new_engine() as engine, Counting("Encoding", len(relatives)) as counting:
        rows = folder_vectors.encode_files(engine, folder, relatives, encoder, problems, counting.at)
        if dimensions is not None:
            rows = folder_vectors.reduced(rows, dimensions, out.absolute().parent)
        try:
            count = vector_files.write_rows(out, about, rows)
        except Invalid as error:
            if len(problems) < len(relatives):
                raise
            first, reason = next(iter(problems.items()))
            raise Invalid(
                f"None of the {len(relatives)} images in '{folder}' can be read. "
                f"The first is '{first}': {reason}"
            ) from error
    return {
        "file": str(out),
        "encoder": encoder.name,
        "rows": count,
        "dimension": about.dimension,
        "problems": problems,
    }


def about_of(encoder: "Encoder", dimensions: int | None, *, single: bool) -> "About":
    """Return what is kept with the vectors of a folder; reduced ones are always float32."""
    from tamis import __version__
    from tamis.services.vector_files import About

    return About(
        name=encoder.name,
        kind="full" if dimensions is None else "pca",
        encoder=encoder.facts(),
        versions=encoder.versions(),
        dimension=dimensions or encoder.dimension,
        precision="single" if single or dimensions is not None else "half",
        tamis=__version__,
    )


def _dataset(
    name: str,
    encoder: str,
    out: Path | None,
    dimensions: int,
    data: Path | None,
    *,
    reduced: bool,
    single: bool,
) -> dict[str, Any]:
    from tamis.cli.door import open_door
    from tamis.cli.embedding import write_embedding
    from tamis.cli.find import adopted, find_dataset
    from tamis.cli.progress import make_progress
    from tamis.cli.work import Work
    from tamis.model.embedding import EmbeddingCreate
    from tamis.model.errors import NotFound

    settings = load_settings(data)
    if not (settings.data / "tamis.json").exists():
        raise _neither(name)
    with open_door(settings, works=True) as door, make_progress() as progress:
        try:
            dataset = find_dataset(door.client, name)
        except NotFound as error:
            raise (_neither(name) if Path(name).is_dir() else error) from error
        body = EmbeddingCreate(encoder=adopted(door, encoder), dimensions=dimensions)
        work = Work(door.client, progress, door.worker_log)
        (job,) = work.run(lambda: door.client.embed(dataset.id, body))
        made = str(job.result["reduced_id" if reduced else "embedding_id"])
        found = door.client.embedding(dataset.id, made)
        report: dict[str, Any] = {
            "dataset": dataset.name,
            "embedding": found.name,
            "encoder": found.encoder.name,
            "encoded": job.result["encoded"],
            "rows": found.n_covered,
            "dimension": found.dimension,
        }
        if out is None:
            return report
        with door.store() as store:
            rows = write_embedding(store, dataset.id, made, out, single=single)
    return report | {"file": str(out), "rows": rows}


def _neither(name: str) -> Usage:
    if Path(name).is_dir():
        return Usage(
            f"'{name}' is a folder, and no dataset has this name: say where its vectors go with --out FILE.",
            field="out",
        )
    return Usage(f"There is neither a folder '{name}' nor a dataset of this name.", field="DIR|DATASET")


def _tell(report: dict[str, Any], *, as_json: bool) -> None:
    from tamis.cli.output import note, say, say_json

    if as_json:
        say_json(report)
        return
    for done, (file, reason) in enumerate(report.get("problems", {}).items()):
        if done == _SHOWN_PROBLEMS:
            note(f"... and {len(report['problems']) - done} more; --json lists all.")
            break
        note(f"{file}: {reason}")
    where = f" in '{report['file']}'" if "file" in report else ""
    whose = f" of '{report['dataset']}'" if "dataset" in report else ""
    rate = report["rows"] / max(report["seconds"], 1e-6)
    say(
        f"{report['rows']} vectors{whose} of {report['dimension']} numbers by {report['encoder']}{where}, "
        f"{report['seconds']:.1f} s ({rate:.0f} images/s)."
    )
