"""`tamis curate`: the main job in one command."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tamis.cli.options import AsJson, Data, check_apart, check_folder, load_settings
from tamis.cli.output import BAD_FILES, Usage, say_json

if TYPE_CHECKING:
    from tamis.cli.curation import Order, Outcome
    from tamis.model.digest import Json
    from tamis.server.settings import Settings

EXAMPLE = "Example: tamis curate photos --keep 200 --out chosen.txt"


Folder = Annotated[
    Path, typer.Argument(metavar="DIR", help="The folder of images; they stay where they are.")
]
Keep = Annotated[int, typer.Option(min=1, metavar="N", help="How many images to keep.")]
Strategy = Annotated[
    str, typer.Option(help="How to choose: representative, diffusion, coreset, typical, and others.")
]
Encoder = Annotated[str, typer.Option(help="What turns images into vectors: lite0, pixels, onnx:FILE.")]
Projection = Annotated[
    str, typer.Option(help="How the plot is laid out: pca (at once), tsne or umap (clearer, take longer).")
]
Parameters = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the strategy; may be repeated."),
]
Preselected = Annotated[
    Path | None,
    typer.Option(metavar="LIST", help="A file with the paths, one per line, that are kept already."),
]
Seed = Annotated[int, typer.Option(min=0, help="Where chance plays a part, it starts here.")]
TagName = Annotated[
    str | None, typer.Option("--name", metavar="TAG", help="The name of the new tag. Default: STRATEGY-N.")
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write the chosen paths here, best first, relative to DIR."),
]


def curate(
    folder: Folder,
    keep: Keep,
    strategy: Strategy = "representative",
    encoder: Encoder = "lite0",
    projection: Projection = "pca",
    parameters: Parameters = None,
    preselected: Preselected = None,
    seed: Seed = 0,
    name: TagName = None,
    out: Out = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Choose the images of a folder that are worth keeping, and save the choice as a tag.

    Run again, it goes on where it stopped, and reads only what is new.
    """
    started_at = time.monotonic()
    settings = load_settings(data)
    order = _check(
        folder, keep, _parameters(strategy, parameters or []), encoder, projection, seed, name, preselected
    )
    _check_places(order.folder, settings.data, out)
    outcome = _run(settings, order)
    if out is not None:
        _write_list(out, outcome.paths)
    _tell(order, outcome, out, time.monotonic() - started_at, as_json=as_json)
    if outcome.problems:
        raise typer.Exit(BAD_FILES)


def _run(settings: "Settings", order: "Order") -> "Outcome":
    from tamis.cli.curation import curate as run
    from tamis.cli.door import open_door
    from tamis.cli.progress import make_progress
    from tamis.cli.work import Work

    with open_door(settings, works=True) as door, make_progress() as progress:
        return run(door, Work(door.client, progress, door.worker_log), order)


def _tell(order: "Order", outcome: "Outcome", out: Path | None, seconds: float, *, as_json: bool) -> None:
    from tamis.cli import summary

    if as_json:
        say_json(summary.as_json(order, outcome, out, seconds))
    else:
        summary.print_summary(order, outcome, out, seconds)


def _check(
    folder: Path,
    keep: int,
    strategy: "dict[str, Json]",
    encoder: str,
    projection: str,
    seed: int,
    name: str | None,
    preselected: Path | None,
) -> "Order":
    """Check what can be checked before any work: mistakes are told at once, and nothing is left behind."""
    from tamis.cli.curation import Order
    from tamis.encoders import find_scheme
    from tamis.model.errors import Invalid
    from tamis.model.names import clean_name
    from tamis.projection import open_method
    from tamis.selection import parse_strategy

    check_folder(folder)
    try:
        parsed = parse_strategy(strategy)
        find_scheme(encoder)
        open_method(projection)
        cleaned = clean_name(name) if name is not None else None
    except Invalid as error:
        raise Usage(error.message, field=error.field) from error
    except ValueError as error:
        raise Usage(f"--name: {error}", field="name") from error
    root = folder.resolve()
    return Order(
        folder=root,
        keep=keep,
        strategy=parsed.model_dump(mode="json"),
        encoder=encoder,
        projection=projection,
        seed=seed,
        name=cleaned,
        preselected=_read_list(preselected, root) if preselected is not None else None,
    )


def _check_places(folder: Path, data: Path, out: Path | None) -> None:
    check_apart(folder, data)
    if out is not None and (out.is_dir() or not out.absolute().parent.is_dir()):
        raise Usage(f"'{out}' cannot be written: name a file in a folder that exists.", field="out")


def _parameters(strategy: str, pairs: list[str]) -> "dict[str, Json]":
    """Turn `--set name=value` into parameters; a value is JSON where it can be, and text otherwise."""
    import json

    found: dict[str, Json] = {"strategy": strategy}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name or name == "strategy":
            raise Usage(f"--set takes NAME=VALUE, not '{pair}'.", field="set")
        try:
            found[name] = json.loads(value)
        except ValueError:
            found[name] = value
    return found


def _read_list(path: Path, root: Path) -> tuple[str, ...]:
    """Return the file names in a list of paths, each relative to the root or below it."""
    import os

    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise Usage(f"'{path}' cannot be read: {error.strerror}.", field="preselected") from error
    prefix = os.fsencode(root) + b"/"
    paths = (line.removesuffix(b"\r").removeprefix(prefix).removeprefix(b"./") for line in lines)
    return tuple(_file_name(relative, path) for relative in paths if relative)


def _file_name(relative: bytes, source: Path) -> str:
    from tamis.model.errors import Invalid
    from tamis.model.names import clean_file_name

    try:
        return clean_file_name(relative)
    except Invalid as error:
        shown = ascii(relative.decode("utf-8", errors="backslashreplace"))
        raise Usage(f"The list '{source}' holds {shown}. {error.message}", field="preselected") from error


def _write_list(path: Path, paths: bytes) -> None:
    from tamis.model.errors import NoSpace
    from tamis.store.folder import write_whole

    try:
        write_whole(path, lambda file: file.write(paths))
    except NoSpace:
        raise
    except OSError as error:
        raise Usage(f"'{path}' cannot be written: {error.strerror}.", field="out") from error
