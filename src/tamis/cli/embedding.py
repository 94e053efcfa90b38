"""`tamis embedding`: list, export, import and remove the embeddings of a dataset."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tamis.cli.options import AsJson, Data, InDataset, load_settings
from tamis.cli.output import Usage

if TYPE_CHECKING:
    from tamis.store.store import Store

app = typer.Typer(no_args_is_help=True, help="List, export, import and remove embeddings.")

Embedding = Annotated[str, typer.Argument(metavar="EMBEDDING", help="The embedding, by name, id or digest.")]


@app.command("list", epilog="Example: tamis embedding list --dataset photos")
def list_embeddings(dataset: InDataset = None, data: Data = None, as_json: AsJson = False) -> None:
    """List the embeddings of a dataset."""
    from tamis.cli.door import open_door
    from tamis.cli.find import find_dataset
    from tamis.cli.output import moment, say_json, say_table, table

    with open_door(load_settings(data)) as door:
        inside = find_dataset(door.client, dataset)
        found = list(door.client.embeddings(inside.id))
    if as_json:
        say_json([one.model_dump(mode="json") for one in found])
        return
    rows = table("Name", "Kind", "#Dimensions", "#Images", "Weights", "Digest", "Made")
    for one in found:
        rows.add_row(
            one.name, one.kind, f"{one.dimension}", f"{one.n_covered}", one.encoder.weights[:8],
            one.digest[:12], moment(one.created_at),
        )  # fmt: skip
    say_table(rows)


@app.command("export", epilog="Example: tamis embedding export lite0 --out lite0.parquet")
def export_embedding(
    embedding: Embedding,
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="The file; its ending says how: .parquet, .npz, .csv.")
    ],
    single: Annotated[
        bool, typer.Option("--single", help="Write full vectors as float32, not as float16.")
    ] = False,
    dataset: InDataset = None,
    data: Data = None,
) -> None:
    """Write the vectors of an embedding, and what made them, into a file."""
    from tamis.cli.door import open_door
    from tamis.cli.find import find_dataset, find_embedding
    from tamis.cli.output import say

    _check_file(out)
    with open_door(load_settings(data)) as door:
        inside = find_dataset(door.client, dataset)
        found = find_embedding(door.client, inside, embedding)
        with door.store() as store:
            count = write_embedding(store, inside.id, found.id, out, single=single)
    say(f"Wrote {count} vectors of {found.dimension} numbers to '{out}'.")


@app.command("import", epilog="Example: tamis embedding import clip.npz --name clip")
def import_embedding(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .parquet, .npz or .csv of vectors.")],
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="What to call it. Default: the name of the file.")
    ] = None,
    dimensions: Annotated[
        int, typer.Option(min=2, max=1024, metavar="D", help="Numbers of the reduced vectors.")
    ] = 32,
    dataset: InDataset = None,
    data: Data = None,
) -> None:
    """Bring vectors of your own for the images of a dataset, by file name; the file is checked first."""
    from tamis.cli.door import open_door
    from tamis.cli.find import find_dataset
    from tamis.cli.output import note, say
    from tamis.cli.progress import make_progress
    from tamis.cli.work import Work
    from tamis.model.job import FINISHED
    from tamis.services.vector_files import read_rows

    _check_file(file)
    called = name or file.stem
    count = sum(
        len(rows.file_names) for rows in read_rows(file)
    )  # every mistake is found before a vector goes
    with open_door(load_settings(data), works=True) as door, make_progress() as progress:
        inside = find_dataset(door.client, dataset)
        for rows in read_rows(file):
            door.client.upload_vectors(inside.id, called, rows.file_names, rows.vectors)
        work = Work(door.client, progress, door.worker_log)
        work.run(lambda: door.client.reduce_vectors(inside.id, called, dimensions=dimensions))
        plots = [job for job in door.client.jobs(inside.id) if job.kind == "project"]
        work.finish(*(job for job in plots if job.state not in FINISHED))
    say(f"Imported {count} vectors as '{called}' into '{inside.name}'.")
    lacking = inside.n_samples - inside.n_deleted - count
    if lacking > 0:
        note(f"{lacking} images of the dataset have no vector in it, so no selection by it will choose them.")


@app.command("remove", epilog="Example: tamis embedding remove clip --yes")
def remove_embedding(
    embedding: Embedding,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dataset: InDataset = None,
    data: Data = None,
) -> None:
    """Remove an embedding with its reduced vectors and plots, unless a tag or selection was made with it."""
    from tamis.cli.door import open_door
    from tamis.cli.find import find_dataset, find_embedding
    from tamis.cli.output import agree, say

    with open_door(load_settings(data)) as door:
        inside = find_dataset(door.client, dataset)
        found = find_embedding(door.client, inside, embedding)
        if not yes:
            agree(f"Remove the embedding '{found.name}' of '{inside.name}'?")
        door.client.remove_embedding(inside.id, found.id)
    say(f"Removed the embedding '{found.name}'.")


def write_embedding(store: "Store", dataset_id: str, embedding_id: str, out: Path, *, single: bool) -> int:
    """Write the vectors of an embedding to a file, and return how many; reduced ones are always float32."""
    from tamis import __version__
    from tamis.services import embeddings, vectors
    from tamis.services.vector_files import About, write_rows

    found = embeddings.get(store, dataset_id, embedding_id)
    exact = single or found.kind == "pca" or out.suffix.lower() == ".csv"
    about = About(
        name=found.name,
        kind=found.kind,
        encoder=found.encoder,
        versions=found.versions,
        dimension=found.dimension,
        precision="single" if exact else "half",
        digest=found.digest,
        tamis=__version__,
    )
    return write_rows(out, about, vectors.rows(store, dataset_id, embedding_id))


def _check_file(file: Path) -> None:
    from tamis.model.errors import Invalid
    from tamis.services.vector_files import format_of

    try:
        format_of(file)
    except Invalid as error:
        raise Usage(error.message, field=error.field) from error
