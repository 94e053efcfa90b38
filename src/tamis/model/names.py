"""Names that people give: of datasets and tags (`Name`), and of files (`clean_file_name`)."""

import hashlib
import unicodedata
from pathlib import PureWindowsPath
from typing import Annotated

from pydantic import AfterValidator

from tamis.model.errors import Invalid

LONGEST_NAME = 100
LONGEST_FILE_NAME = 1024
LONGEST_FILE_NAME_BYTES = 2048  # in UTF-8; PostgreSQL indexes no more than 2,704
DEEPEST_FILE_NAME = 32
SAME_NAME = "Another file has the same name once both are written in Unicode form NFC. Rename one of them."
LONGEST_PART_BYTES = 255
_SHOWN_END = 200  # characters of each end of a name that is too long to be kept
_BIDIRECTIONAL = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}


def clean_name(name: str) -> str:
    """Return the name in Unicode form NFC.

    Raises:
        ValueError: it is empty, over 100 characters, or holds control characters.
    """
    name = unicodedata.normalize("NFC", name).strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise ValueError(f"A name has 1 to {LONGEST_NAME} characters; this one has {len(name)}.")
    for character in name:
        if _is_unsafe(character):
            raise ValueError(f"A name holds no control characters; this one holds U+{ord(character):04X}.")
    return name


Name = Annotated[str, AfterValidator(clean_name)]


def clean_file_name(path: bytes) -> str:
    r"""Turn a path inside a root, as the file system spells it, into a sample's file name.

    The name is in form NFC with `/` between the parts. Bytes that are not UTF-8 are written `\xff`.

    Raises:
        Invalid: the path is absolute, climbs out, is too long or too deep, or holds control or
            bidirectional characters.
    """
    name = unicodedata.normalize("NFC", path.decode("utf-8", errors="backslashreplace"))
    parts = name.split("/")
    if (
        len(name) > LONGEST_FILE_NAME
        or len(name.encode()) > LONGEST_FILE_NAME_BYTES
        or len(parts) > DEEPEST_FILE_NAME
    ):
        raise Invalid(
            f"The file name is too long: at most {LONGEST_FILE_NAME} characters, {LONGEST_FILE_NAME_BYTES} "
            f"bytes, {DEEPEST_FILE_NAME} folders."
        )
    if any(part in ("", ".", "..") for part in parts):
        raise Invalid("The file name must be relative and must not hold empty parts, '.' or '..'.")
    for character in name:
        if _is_unsafe(character):
            raise Invalid(f"The file name holds the character U+{ord(character):04X}; rename the file.")
    return name


def clean_sent_name(name: str) -> str:
    r"""Turn the name that a client sends with a file, on whatever system, into a sample's file name.

    A backslash separates folders, as on Windows. Such a name is never used as a path on the server.

    Raises:
        Invalid: as `clean_file_name` does, and also for drive letters and parts of over 255 bytes.
    """
    name = name.replace("\\", "/")
    if PureWindowsPath(name).drive:
        raise Invalid("The file name must be relative and must not begin with a drive letter.")
    name = clean_file_name(name.encode(errors="surrogatepass"))
    if any(len(part.encode()) > LONGEST_PART_BYTES for part in name.split("/")):
        raise Invalid(f"The file name is too long: at most {LONGEST_PART_BYTES} bytes between two '/'.")
    return name


def shown_file_name(path: bytes, *, raw: bool = False) -> str:
    r"""Name a refused file: what could do harm is written as \x.. or \u...., the middle may be cut."""
    text = path.decode("utf-8", errors="backslashreplace")
    if raw or not text.isprintable():
        text = text.encode("unicode_escape").decode("ascii")
    if len(text.encode()) <= LONGEST_FILE_NAME_BYTES:
        return text
    return f"{text[:_SHOWN_END]}…{hashlib.sha256(path).hexdigest()}…{text[-_SHOWN_END:]}"


def _is_unsafe(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs") or ord(character) in _BIDIRECTIONAL
