"""`tamis serve` and `tamis login`: the platform in the browser, and the link that opens it."""

import contextlib
import shlex
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tamis.cli.options import Data, check_apart, check_folder, load_settings

if TYPE_CHECKING:
    from tamis.cli.door import Door
    from tamis.server.settings import Settings

_LOOK_SECONDS = 1.0

Folder = Annotated[
    Path | None,
    typer.Argument(
        metavar="DIR", help="A folder of images to open in place as a dataset.", show_default=False
    ),
]
HostName = Annotated[
    str,
    typer.Option(
        metavar="HOST", help="The address to listen at. Another than this machine's own needs an admin token."
    ),
]
Port = Annotated[
    int | None,
    typer.Option(min=0, max=65535, metavar="PORT", help="Default: 8000, or the next that is free. 0: any."),
]
Roots = Annotated[
    list[Path] | None,
    typer.Option(
        "--root", metavar="DIR", help="Allow datasets to read this folder in place; may be repeated."
    ),
]


def serve(
    folder: Folder = None,
    host: HostName = "127.0.0.1",
    port: Port = None,
    root: Roots = None,
    data: Data = None,
) -> None:
    """Run the platform until Ctrl-C, and print the link that opens it in a browser.

    With DIR, the images of that folder become a dataset, read in place, encoded and plotted.
    """
    from tamis.cli.door import Door
    from tamis.cli.host import WebPlace
    from tamis.cli.output import say
    from tamis.services import roots, sessions

    settings = load_settings(data)
    for each in [*([folder] if folder else []), *(root or [])]:
        check_folder(each)
        check_apart(each.resolve(), settings.data)
    if not _is_loopback(host):
        settings = _opened_to_network(settings, host)
    with (
        _ended_by_ctrl_c(),
        Door(settings, works=True, web=WebPlace(host, port)) as door,
    ):
        with door.store() as store:
            for each in root or []:
                roots.allow(store, each)
            code = sessions.open_login(store)
        if folder is not None:
            _open_in_place(door, folder.resolve())
        say(f"Tamis runs at {door.web_url}. Ctrl-C ends it.")
        say("Sign in by this link; it works once, within an hour:")
        say(f"  {door.web_url}/login?once={code}")
        say(f"For another link: tamis login --data {shlex.quote(str(settings.data))}")
        _wait(door)


def login(data: Data = None) -> None:
    """Print a fresh link that signs a browser in to the running server, once."""
    from tamis.cli.address import read_address
    from tamis.cli.output import say
    from tamis.model.errors import NotFound
    from tamis.services import sessions
    from tamis.store.lock import FileLock
    from tamis.store.store import open_store

    settings = load_settings(data)
    run = settings.data / "run"
    address = read_address(run)
    lock = FileLock.try_take(run / "lock") if address is not None else None
    if lock is not None:  # whoever wrote the address is gone
        lock.release()
    if address is None or address.web is None or lock is not None:
        raise NotFound(f"No server runs on the data folder '{settings.data}'. Start one: tamis serve.")
    with open_store(settings.data, settings.database_url) as store:
        say(f"{address.web}/login?once={sessions.open_login(store)}")


def _open_in_place(door: "Door", folder: Path) -> None:
    """Make the folder a dataset, if it is none yet, and have its images read, encoded and plotted."""
    from tamis.cli.curation import dataset_of

    dataset, _ = dataset_of(door, folder)
    door.client.prepare(dataset.id)


def _is_loopback(host: str) -> bool:
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name; only this one is this machine's own everywhere
        return host.lower() == "localhost"


def _opened_to_network(settings: "Settings", host: str) -> "Settings":
    """Check that somebody is in charge before strangers can knock, and answer under the host's own name."""
    from ipaddress import ip_address

    from tamis.cli.output import note
    from tamis.model.errors import Forbidden
    from tamis.services import tokens
    from tamis.store.store import open_store

    with open_store(settings.data, settings.database_url) as store:
        if not tokens.has_admin(store):
            raise Forbidden(
                f"At '{host}' other machines can reach the server, so there must be an admin token first. "
                "Make one: tamis token create --name NAME --scope admin."
            )
    with contextlib.suppress(ValueError):
        if ip_address(host).is_unspecified:
            names = ", ".join(settings.allowed_hosts)
            note(f"It answers under these names only, which TAMIS_ALLOWED_HOSTS can change: {names}.")
            return settings
    name = f"[{host}]" if ":" in host else host
    return settings.model_copy(update={"allowed_hosts": (*settings.allowed_hosts, name)})


@contextlib.contextmanager
def _ended_by_ctrl_c() -> Iterator[None]:
    """Let Ctrl-C be the way to end, and let a termination or a closed terminal end it in the same way."""
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), signal.default_int_handler) for name in names}
    try:
        yield
    except KeyboardInterrupt:
        from tamis.cli.output import note

        note("Ended.")
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def _wait(door: "Door") -> None:
    from tamis.model.errors import Unavailable

    while door.is_running():
        time.sleep(_LOOK_SECONDS)
    raise Unavailable(f"The server ended by itself; '{door.worker_log.with_name('server.log')}' says why.")
