"""Options that several commands share, and the settings that come of them."""

from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tamis.cli.output import Usage

if TYPE_CHECKING:
    from tamis.server.settings import Settings

Data = Annotated[
    Path | None,
    typer.Option(
        "--data", envvar="TAMIS_DATA", metavar="HOME", show_default=False,
        help="The data folder. Default: the user's own, which `tamis doctor` names.",
    ),
]  # fmt: skip
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on stdout, and nothing else there.")]
InDataset = Annotated[
    str | None,
    typer.Option("--dataset", metavar="NAME", help="The dataset, by name or id."),
]


data_in_use: ContextVar[Path | None] = ContextVar("data_in_use", default=None)
"""The data folder of the command that runs, for the message about an error that nobody foresaw."""


def load_settings(data: Path | None) -> "Settings":
    """Read the settings from the environment; `--data` goes before TAMIS_DATA.

    Raises:
        Usage: a variable has a value that it cannot have.
    """
    from pydantic import ValidationError

    from tamis.server.settings import Settings

    try:
        settings = Settings() if data is None else Settings(data=data)
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(["TAMIS", *(str(part).upper() for part in first["loc"][:1])])
        raise Usage(f"The environment variable {name} is wrong: {first['msg']}.") from error
    settings = settings.model_copy(update={"data": settings.data.expanduser().absolute()})
    data_in_use.set(settings.data)
    return settings


def check_folder(folder: Path) -> None:
    """Refuse what is no folder.

    Raises:
        Usage: it is not there, or is a file.
    """
    if not folder.exists():
        raise Usage(f"There is no folder '{folder}'.", field="DIR")
    if not folder.is_dir():
        raise Usage(f"'{folder}' is not a folder. Name a folder of images.", field="DIR")


def check_apart(folder: Path, data: Path) -> None:
    """Refuse a data folder that lies among the images.

    Raises:
        Usage: it does.
    """
    if data.resolve().is_relative_to(folder):
        raise Usage(
            f"The data folder '{data}' lies in '{folder}', so its thumbnails would count as images. "
            "Name another with --data.",
            field="data",
        )
