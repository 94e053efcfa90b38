"""The command `tamis`. What a command needs is loaded when it runs, so that help comes at once."""

import os
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from tamis.cli import (
    curate,
    dataset,
    doctor,
    embed,
    embedding,
    encoder,
    export,
    magic,
    options,
    serve,
    tag,
    token,
    train,
)

app = typer.Typer(
    name="tamis",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    epilog="Example: tamis curate photos --keep 200 --out chosen.txt",
)
app.command("curate", epilog=curate.EXAMPLE)(curate.curate)
app.command("embed", epilog=embed.EXAMPLE)(embed.embed)
app.command("train", epilog=train.EXAMPLE)(train.train)
app.command("magic", epilog=magic.EXAMPLE)(magic.magic)
app.add_typer(dataset.app, name="dataset")
app.add_typer(tag.app, name="tag")
app.add_typer(embedding.app, name="embedding")
app.add_typer(encoder.app, name="encoder")
app.command("export", epilog="Example: tamis export representative-200 --to chosen")(export.export)
app.command("serve", epilog="Example: tamis serve photos")(serve.serve)
app.command("login", epilog="Example: tamis login")(serve.login)
app.add_typer(token.app, name="token")
app.command("doctor", epilog="Example: tamis doctor")(doctor.doctor)


def _show_version(wanted: bool) -> None:
    if wanted:
        from tamis import __version__

        typer.echo(f"tamis {__version__}")
        raise typer.Exit


@app.callback()
def tamis(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Pick the images worth labeling and training on from a pile of unlabeled ones."""


def main() -> None:
    """Run a command, and turn what it raises into one sentence and an exit code."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001  # the edge of the process
        sys.exit(_explain(error))


def _explain(error: Exception) -> int:
    from tamis.cli.output import FAILED, INTERRUPTED, USAGE, Interrupted, Usage, fail, fail_unexpectedly
    from tamis.model.errors import TamisError

    if isinstance(error, Interrupted):
        fail(error.message)
        return INTERRUPTED
    if isinstance(error, TamisError):
        fail(error.message)
        return USAGE if isinstance(error, Usage) else FAILED
    if isinstance(error, OSError) and error.filename is not None:  # the user's folders, not our mistake
        fail(f"'{os.fsdecode(error.filename)}' cannot be used: {error.strerror}.")
        return FAILED
    fail_unexpectedly(error, _log())
    return FAILED


def _log() -> Path:
    """Where unexpected errors are written down: in the data folder of the command, if it came to that."""
    data = options.data_in_use.get()
    return (data / "run" if data is not None else Path(tempfile.gettempdir())) / "tamis-cli.log"
