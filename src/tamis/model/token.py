"""An API token: a secret that opens the API to a program, within a scope and perhaps one dataset."""

import hashlib
import secrets
import zlib
from typing import Literal, get_args

from pydantic import Field

from tamis.model.names import Name
from tamis.model.noun import Id, Milliseconds, Noun

Scope = Literal["read", "upload", "write", "admin"]
"""What may be done, least first; each scope holds the ones before it."""

PREFIX = "tamis_"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM_BYTES = 32
_RANDOM_DIGITS = 43  # 62^43 > 256^32
_CHECK_DIGITS = 6  # 62^6 > 2^32
_HINT = len(PREFIX) + 4


class Token(Noun):
    """What is shown of a token once it is made. `hint` is how its secret begins."""

    id: Id
    name: str
    hint: str
    scope: Scope
    dataset_id: Id | None
    created_at: Milliseconds
    expires_at: Milliseconds | None
    last_used_at: Milliseconds | None
    revoked_at: Milliseconds | None


class TokenCreate(Noun):
    """A name to know it by, what it may do, where, and until when."""

    name: Name
    scope: Scope = "write"
    dataset_id: Id | None = Field(None, description="The only dataset it opens; null opens all.")
    expires_at: Milliseconds | None = Field(None, description="Null: never.")


class TokenCreated(Noun):
    """A new token with its secret, which is shown this once and kept nowhere."""

    token: Token
    secret: str


def allows(scope: Scope, needed: Scope) -> bool:
    """Tell whether a scope holds the one that is needed."""
    ladder = get_args(Scope)
    return ladder.index(scope) >= ladder.index(needed)


def new_secret(prefix: str = PREFIX) -> str:
    """Make a secret: the prefix, 32 random bytes and a checksum, which tells it from other text."""
    random = _base62(int.from_bytes(secrets.token_bytes(_RANDOM_BYTES)), _RANDOM_DIGITS)
    return prefix + random + _checksum(prefix + random)


def is_secret(text: str, prefix: str = PREFIX) -> bool:
    """Tell whether a text has the form of a secret; whether it opens anything, only the database knows."""
    body, checksum = text[:-_CHECK_DIGITS], text[-_CHECK_DIGITS:]
    return text.startswith(prefix) and text.isascii() and checksum == _checksum(body)


def hint_of(secret: str) -> str:
    """Return how a secret begins, by which its owner knows it again."""
    return secret[:_HINT]


def hash_of(secret: str) -> str:
    """Return what is kept instead of a secret: it has 256 random bits, so a fast hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _checksum(text: str) -> str:
    return _base62(zlib.crc32(text.encode()), _CHECK_DIGITS)


def _base62(number: int, digits: int) -> str:
    text = ""
    for _ in range(digits):
        number, digit = divmod(number, 62)
        text = _ALPHABET[digit] + text
    return text
