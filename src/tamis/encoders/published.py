"""Weights that others publish, and where: the only addresses of files that Tamis knows.

`tamis encoder get` alone uses them. An address names one revision, so it always stands for the same bytes.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Published:
    """A file, by what has to be known before it is fetched; `size` is in bytes, `page` is for people."""

    url: str
    page: str
    licence: str
    size: int
    sha256: str


def _dinov2(name: str, revision: str, size: int, sha256: str) -> Published:
    page = f"https://huggingface.co/facebook/{name}"
    return Published(f"{page}/resolve/{revision}/model.safetensors", page, "Apache-2.0", size, sha256)


def how_to_get(scheme: str) -> str:
    """Say where the weights of an encoder come from, for whoever has named a file that is not there."""
    if scheme in PUBLISHED:
        return f"'tamis encoder get {scheme}' downloads the weights, when you ask for it."
    return "Nothing is downloaded: put it there."


PUBLISHED = {
    "dinov2-small": _dinov2(
        "dinov2-small",
        "ed25f3a31f01632728cabb09d1542f84ab7b0056",
        88_249_960,
        "ae1e99fcefd534ed978cdeb8326f08030c96e28b7a81ffcbc98a857c84d14be1",
    ),
    "dinov2-base": _dinov2(
        "dinov2-base",
        "f9e44c814b77203eaa57a6bdbbd535f21ede1415",
        346_345_912,
        "d73036b56966966d07975d696bde331762f37297e2f095de8cea0040c3aa0841",
    ),
}
"""By the name of the encoder. Revisions, sizes and hashes are those that several public projects state
independently of each other; the sizes agree with the networks that they are for."""
