"""The fingerprint of a file: what it holds, whatever it is called."""

import hashlib


def fingerprint(data: bytes) -> str:
    """Return the SHA-256 as 64 hex digits; hashing releases the GIL."""
    return hashlib.sha256(data).hexdigest()
