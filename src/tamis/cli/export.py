"""`tamis export`: a tag as a list of files, or as a folder of copies."""

from pathlib import Path
from typing import Annotated

import typer

from tamis.cli.options import Data, InDataset, load_settings
from tamis.cli.output import Usage


def export(
    tag: Annotated[str, typer.Argument(metavar="TAG", help="The tag, by name, id or digest.")],
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="DIR", help="Copy the images here, in the folders they are in now."),
    ] = None,
    as_list: Annotated[bool, typer.Option("--list", help="Print the paths on stdout, best first.")] = False,
    new_only: Annotated[bool, typer.Option("--new-only", help="Leave out the preselected images.")] = False,
    dataset: InDataset = None,
    data: Data = None,
) -> None:
    """Export the images of a tag. What is in the target folder already is never replaced."""
    if (to is None) == (not as_list):
        raise Usage("Choose one: --to DIR copies the images, --list prints their paths.")

    from tamis.cli.copying import copy_all
    from tamis.cli.door import open_door
    from tamis.cli.find import find_dataset, find_tag
    from tamis.cli.output import say, say_bytes
    from tamis.services.samples import root_path

    with open_door(load_settings(data)) as door:
        inside = find_dataset(door.client, dataset)
        paths = door.client.paths(inside.id, find_tag(door.client, inside, tag).id, new_only=new_only)
        if to is None:
            say_bytes(paths)
            return
        with door.store() as store:
            root = root_path(store, inside.id)
    copied, there = copy_all(root, paths, to)
    say(f"Copied {copied} images to '{to}'" + (f"; {there} were there already." if there else "."))
