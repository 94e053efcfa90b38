"""`tamis curate`: the main job in one command."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tamis.cli.options import AsJson, Data, load_settings
from tamis.cli.output import BAD_FILES, Usage, say_json

if TYPE_CHECKING:
    from tamis.cli.curation import Order
    from tamis.model.digest import Json

EXAMPLE = "Example: tamis curate photos --keep 200 --out chosen.txt"


def curate(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder of images; they stay where they are.")
    ],
    keep: Annotated[int, typer.Option(min=1, metavar="N", help="How many images to keep.")],
    strategy: Annotated[
        str, typer.Option(help="How to choose: representative, coreset, random.")
    ] = "representative",
    encoder: Annotated[str, typer.Option(help="What turns images into vectors: lite0, pixels.")] = "lite0",
    parameters: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the strategy; may be repeated."),
    ] = None,
    preselected: Annotated[
        Path | None,
        typer.Option(metavar="LIST", help="A file with the paths, one per line, that are kept already."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Where chance plays a part, it starts here.")] = 0,
    name: Annotated[
        str | None, typer.Option(metavar="TAG", help="The name of the new tag. Default: STRATEGY-N.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the chosen paths here, best first, relative to DIR."),
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Choose the images of a folder that are worth keeping, and save the choice as a tag.

    Run again, it goes on where it stopped, and reads only what is new.
    """
    started_at = time.monotonic()
    settings = load_settings(data)
    order = _check(folder, keep, _parameters(strategy, parameters or []), encoder, seed, name, preselected)
    _check_places(order.folder, settings.data, out)

    from tamis.cli.curation import curate as run
    from tamis.cli.door import open_door
    from tamis.cli.progress import make_progress
    from tamis.cli.summary import as_json as to_json
    from tamis.cli.summary import print_summary
    from tamis.cli.work import Work

    with open_door(settings, works=True) as door:
        with make_progress() as progress:
            outcome = run(door, Work(door.client, progress), order)
        if out is not None:
            _write_list(out, outcome.paths)
        seconds = time.monotonic() - started_at
        if as_json:
            say_json(to_json(order, outcome, out, seconds))
        else:
            print_summary(order, outcome, out, seconds)
    if outcome.problems:
        raise typer.Exit(BAD_FILES)


def _check(
    folder: Path,
    keep: int,
    strategy: "dict[str, Json]",
    encoder: str,
    seed: int,
    name: str | None,
    preselected: Path | None,
) -> "Order":
    """Check what can be checked before any work: mistakes are told at once, and nothing is left behind."""
    from tamis.cli.curation import Order
    from tamis.encoders import encoder_facts
    from tamis.model.errors import Invalid
    from tamis.model.names import clean_name
    from tamis.selection import parse_strategy

    if not folder.exists():
        raise Usage(f"There is no folder '{folder}'.", field="DIR")
    if not folder.is_dir():
        raise Usage(f"'{folder}' is not a folder. Name a folder of images.", field="DIR")
    try:
        parsed = parse_strategy(strategy)
        encoder_facts(encoder)
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
        seed=seed,
        name=cleaned,
        preselected=_read_list(preselected, root) if preselected is not None else None,
    )


def _check_places(folder: Path, data: Path, out: Path | None) -> None:
    if data.resolve().is_relative_to(folder):
        raise Usage(
            f"The data folder '{data}' lies in '{folder}', so its thumbnails would count as images. "
            "Name another with --data.",
            field="data",
        )
    if out is not None and (out.is_dir() or not out.absolute().parent.is_dir()):
        raise Usage(f"'{out}' can not be written: name a file in a folder that exists.", field="out")


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


def _read_list(path: Path, root: Path) -> tuple[bytes, ...]:
    import os

    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise Usage(f"'{path}' can not be read: {error.strerror}.", field="preselected") from error
    prefix = os.fsencode(root) + b"/"
    names = (line.removesuffix(b"\r").removeprefix(prefix).removeprefix(b"./") for line in lines)
    return tuple(name for name in names if name)


def _write_list(path: Path, paths: bytes) -> None:
    from tamis.model.errors import NoSpace
    from tamis.store.folder import write_whole

    try:
        write_whole(path, lambda file: file.write(paths))
    except NoSpace:
        raise
    except OSError as error:
        raise Usage(f"'{path}' can not be written: {error.strerror}.", field="out") from error
