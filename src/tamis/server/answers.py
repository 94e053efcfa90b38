"""Answers that are not JSON: write-once arrays, images, lists of files."""

import hashlib
from collections.abc import Callable

from fastapi import Request, Response

from tamis.model.noun import Digest

ARROW = "application/vnd.apache.arrow.file"
# A digest names one array for ever, but a projection that grows gets a new one: asked again, sent once.
_ASK_AGAIN = "private, no-cache"
_IMAGE_HEADERS = {
    # A picture of one position never changes, but may be deleted: kept for an hour, by this user only.
    "Cache-Control": "private, max-age=3600",
    # A file that is a picture and a page at once stays a picture.
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Content-Disposition": "inline",
}


def array(request: Request, digest: Digest, read: Callable[[], bytes]) -> Response:
    """Answer with a write-once array, or with 304 where the caller has it already."""
    headers = {"ETag": f'"{digest}"', "Cache-Control": _ASK_AGAIN}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(read(), media_type=ARROW, headers=headers)


def bitset(request: Request, data: bytes) -> Response:
    """Answer with a set of positions, one bit each, or with 304 where the caller has it already."""
    headers = {"ETag": f'"{hashlib.sha256(data).hexdigest()}"', "Cache-Control": _ASK_AGAIN}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(data, media_type="application/octet-stream", headers=headers)


def pictures(data: bytes) -> Response:
    """Answer with an Arrow file of pictures, which keep as long as a single one does."""
    return Response(data, media_type=ARROW, headers=_IMAGE_HEADERS)


def picture(data: bytes, media_type: str) -> Response:
    """Answer with an image under the type that its decoder found."""
    return Response(data, media_type=media_type, headers=_IMAGE_HEADERS)


def plot(data: bytes) -> Response:
    """Answer with a drawn PNG, which the next deletion or upload may change."""
    return Response(
        data, media_type="image/png", headers={**_IMAGE_HEADERS, "Cache-Control": "private, max-age=60"}
    )


def vectors(data: bytes) -> Response:
    """Answer with an Arrow file of vectors, which may grow."""
    return Response(data, media_type=ARROW, headers={"Cache-Control": "no-store"})


def lines(data: bytes) -> Response:
    """Answer with one file path per line, in whatever encoding the file system has."""
    return Response(data, media_type="application/octet-stream")
