"""`tamis encoder`: fetch the weights of an encoder, and never unasked."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tamis.cli.options import Data, load_settings
from tamis.cli.output import Usage

if TYPE_CHECKING:
    from tamis.encoders.published import Published

app = typer.Typer(no_args_is_help=True, help="Fetch the weights of an encoder, when you ask for it.")


@app.command("get", epilog="Example: tamis encoder get dinov2-small")
def get_encoder(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Which encoder: dinov2-small or dinov2-base.")],
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to put it. Default: `encoders/` of the data folder."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: Data = None,
) -> None:
    """Download the weights of an encoder. Nothing else in Tamis downloads anything.

    It says first where they come from, their size, licence and hash, and asks. What arrives is kept only if
    its hash is that one.
    """
    from tamis.cli.output import say
    from tamis.services.downloads import is_there
    from tamis.store.folder import DataFolder, open_folder

    published = _find(name)
    folder = DataFolder(load_settings(data).data)
    target = out.absolute() if out else folder.weights("encoders") / f"{name}.safetensors"
    if out and not target.parent.is_dir():
        raise Usage(f"'{out}' cannot be written: name a file in a folder that exists.", field="out")
    if is_there(published, target):
        say(f"'{target}' is there already, and right.")
    else:
        _agree(name, published, target, yes=yes)
        if not out:
            open_folder(folder.path)  # makes it, where it is not there yet
        _download(published, target)
        say(f"The weights are in '{target}'; their SHA-256 is right.")
    say(f"Use them: tamis embed DIR --encoder {shlex.quote(f'{name}:{target}')} --out vectors.parquet")
    _warn_without_torch()


def _find(name: str) -> "Published":
    from tamis.encoders.published import PUBLISHED

    if name not in PUBLISHED:
        raise Usage(
            f"There are no weights to fetch for an encoder '{name}'. There are for: {', '.join(PUBLISHED)}.",
            field="NAME",
        )
    return PUBLISHED[name]


def _agree(name: str, published: "Published", target: Path, *, yes: bool) -> None:
    from tamis.cli.output import agree, note

    note(f"Weights  {name}")
    note(f"From     {published.page}")
    note(f"File     {published.url}")
    note(f"Size     {published.size / 1e6:.1f} MB")
    note(f"Licence  {published.licence}")
    note(f"SHA-256  {published.sha256}")
    note(f"To       {target}")
    if yes:
        return
    if not sys.stdin.isatty():
        raise Usage("Nobody is there to be asked, so nothing is downloaded. Say --yes to agree.", field="yes")
    agree("Download it?")


def _download(published: "Published", target: Path) -> None:
    from tamis.cli.counting import Counting
    from tamis.services.downloads import fetch

    total = -(-published.size // 1_000_000)
    with Counting("Downloading", total, unit="MB") as counting:
        fetch(
            published,
            target,
            lambda received: counting.at(total if received == published.size else received // 1_000_000),
        )


def _warn_without_torch() -> None:
    from importlib.util import find_spec

    from tamis.cli.output import note

    if find_spec("torch") is None:
        note('Running them needs PyTorch, which is not installed: pip install "tamis[learn]"')
