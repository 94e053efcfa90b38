"""Which encoders may be used by name: those of every installation, and weights that the operator put there.

What a request names lies below `encoders/` or `checkpoints/` of the data folder, or is refused. A name that
stands for code is refused altogether.
"""

import filecmp
import hashlib
import shutil
from pathlib import Path, PurePosixPath

from tamis.encoders import encoder_facts, encoder_names, find_scheme
from tamis.encoders.published import how_to_get
from tamis.model.embedding import EncoderFacts
from tamis.model.errors import Forbidden, Invalid, NotFound
from tamis.store.folder import DataFolder, no_space, write_whole


def list_all() -> list[EncoderFacts]:
    """Return the encoders that every installation has."""
    return [encoder_facts(name) for name in encoder_names()]


def known_facts(folder: DataFolder, name: str) -> EncoderFacts | None:
    """Return the facts of an encoder, or None where only opening it tells them, which the server never does.

    Raises:
        Forbidden: the name stands for code, or for a file that lies elsewhere.
        Invalid: there is no such encoder.
        NotFound: there is no such file.
    """
    scheme, _ = find_scheme(name)
    if scheme.takes is None:
        return encoder_facts(name)
    trusted_name(folder, name)
    return None


def trusted_name(folder: DataFolder, name: str) -> str:
    """Turn a name from a request into one that may be opened: that of a file below the folder for it.

    Raises: as `known_facts`.
    """
    scheme, rest = find_scheme(name)
    if scheme.takes is None:
        return name
    if scheme.folder is None:
        raise Forbidden(
            f"The encoder '{scheme.scheme}:' runs code, so it works on the command line only: "
            f"tamis embed DIR --encoder {scheme.scheme}:{scheme.takes}.",
            field="encoder",
        )
    return f"{scheme.scheme}:{_below(folder.weights(scheme.folder), rest)}"


def adopt(folder: DataFolder, name: str) -> str:
    """Copy what an encoder of the command line opens to where a request may name it; return that name.

    What lies there already is named as it is. Another file of the same name stays, and the copy gets the
    beginning of its hash into its name.

    Raises:
        Forbidden: the name stands for code.
        Invalid: there is no such encoder or file.
        NoSpace: the disk is full.
    """
    scheme, rest = find_scheme(name)
    if scheme.takes is None or scheme.folder is None:
        return trusted_name(folder, name)
    named, into = Path(rest).absolute(), folder.weights(scheme.folder)
    if not named.exists():
        raise Invalid(f"There is no '{rest}'. {how_to_get(scheme.scheme)}", field="encoder")
    source = scheme.source(rest).absolute()
    if source.resolve().is_relative_to(into.resolve()):
        return f"{scheme.scheme}:{source.resolve().relative_to(into.resolve()).as_posix()}"
    target = into / named.name
    if target.exists() and not _same(source, target, scheme.keeps):
        target = into / f"{named.stem}-{_digest(source, scheme.keeps)[:8]}{named.suffix}"
    if not target.exists():
        _copy(source, target, scheme.keeps)
        beside = source.with_suffix(".json")
        if source.is_file() and beside.is_file():
            _copy(beside, target.with_suffix(".json"), scheme.keeps)
    return f"{scheme.scheme}:{target.name}"


def _below(folder: Path, rest: str) -> Path:
    """Return what `rest` names below a folder; where it leads elsewhere, that is not even looked at."""
    relative = PurePosixPath(rest)
    if relative.is_absolute() or ".." in relative.parts or "\\" in rest or ":" in rest or "\0" in rest:
        raise Forbidden(
            f"{rest!a} is no name below '{folder.name}/' of the data folder. Put the weights there, and "
            "name them relative to it.",
            field="encoder",
        )
    path = folder.joinpath(*relative.parts)
    if not path.resolve().is_relative_to(folder.resolve()):
        raise Forbidden(f"'{rest}' is a link that leads out of '{folder.name}/'.", field="encoder")
    if path == folder or not path.exists():
        raise NotFound(f"There is no '{rest}' in '{folder.name}/' of the data folder.", field="encoder")
    return path


def _same(source: Path, target: Path, keeps: tuple[str, ...]) -> bool:
    if source.is_dir() or target.is_dir():
        return source.is_dir() and target.is_dir() and _digest(source, keeps) == _digest(target, keeps)
    return filecmp.cmp(source, target, shallow=False)


def _digest(path: Path, keeps: tuple[str, ...]) -> str:
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    digest = hashlib.sha256()
    for file in _kept(path, keeps):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _kept(folder: Path, keeps: tuple[str, ...]) -> list[Path]:
    """Return the files of a folder that count, in order; what a link stands for counts, too."""
    return sorted({file for pattern in keeps for file in folder.glob(pattern) if file.is_file()})


def _copy(source: Path, target: Path, keeps: tuple[str, ...]) -> None:
    with no_space(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if source.is_file():
            with source.open("rb") as file:
                write_whole(target, lambda part: shutil.copyfileobj(file, part))
            return
        part = target.with_name(f"{target.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700)
        for kept in _kept(source, keeps):
            shutil.copyfile(kept, part / kept.name)
        part.rename(target)
