"""Digests: the name of a thing by its content, the same in every folder and on every machine."""

import hashlib
import json
from collections.abc import Iterable

from pydantic import JsonValue

Json = JsonValue
"""What JSON can say, and so all that a digest, a recipe or a job's result may hold."""


def canonical_json(value: Json) -> bytes:
    """Write JSON in the one form that is digested: sorted keys, no spaces, UTF-8, no NaN."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def digest_of(value: Json) -> str:
    """Return the SHA-256 of the canonical JSON, as 64 hex digits."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def members_digest(members: Iterable[tuple[str, str]]) -> str:
    """Digest pairs (file name, SHA-256 of the image), in the order of the names."""
    pairs: list[Json] = [[name, sha256] for name, sha256 in sorted(members)]
    return digest_of(pairs)
