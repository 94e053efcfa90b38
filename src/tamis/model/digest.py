"""Digests: the name of a thing by its content, the same in every folder and on every machine."""

import hashlib
import json
from collections.abc import Iterable

from pydantic import JsonValue

Json = JsonValue
"""What JSON can say, and so all that a digest, a recipe or a job's result may hold."""

_PIECE = 10_000


def canonical_json(value: Json) -> bytes:
    """Write JSON in the one form that is digested: sorted keys, no spaces, UTF-8, no NaN."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def digest_of(value: Json) -> str:
    """Return the SHA-256 of the canonical JSON, as 64 hex digits."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def members_digest(members: Iterable[tuple[str, str]]) -> str:
    """Digest pairs (file name, SHA-256 of the image), in the order of the names.

    This is `digest_of` of the sorted list, written a piece at a time: whole, a million pairs take 0.5 GB.
    """
    ordered = sorted(members)
    found = hashlib.sha256(b"[")
    for start in range(0, len(ordered), _PIECE):
        piece: list[Json] = [[name, sha256] for name, sha256 in ordered[start : start + _PIECE]]
        found.update(b"," if start else b"")
        found.update(canonical_json(piece)[1:-1])
    found.update(b"]")
    return found.hexdigest()
