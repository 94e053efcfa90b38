"""What is known of an image file once it has been read: its facts, or why it was refused."""

from enum import StrEnum
from pathlib import PurePath

from tamis.model.errors import Unsupported
from tamis.model.noun import Digest, Noun

# What people take for an image, read or not: a file that is not read is reported, never passed over.
_READ = {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".dib", ".tif", ".tiff", ".gif", ".heic"}
_READ |= {".heif", ".hif", ".apng"}
_REFUSED = {".avif", ".jp2", ".jxl", ".svg", ".eps", ".ico", ".psd", ".tga", ".exr", ".hdr", ".ppm", ".pgm"}
_REFUSED |= {".raw", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2", ".raf"}
_SUFFIXES = _READ | _REFUSED


def looks_like_image(file_name: str) -> bool:
    """Tell by the end of its name whether people take a file for an image."""
    return PurePath(file_name).suffix.lower() in _SUFFIXES


class BadImageReason(StrEnum):
    """Why a file was refused; the value is the sentence that the user reads."""

    EMPTY = "The file is empty."
    NOT_AN_IMAGE = "This is not a JPEG, PNG, WebP, BMP, TIFF, GIF or HEIC image."
    TRUNCATED = "The image is cut off or damaged."
    TOO_MANY_PIXELS = "The image has more pixels than the limit allows."
    UNREADABLE = "The file may not be read; check its permissions."
    VANISHED = "The file was removed while it was being read."
    OUTSIDE = "The link points out of the folder."
    NOT_A_FILE = "This is not a regular file."
    CRASHED = "The decoder crashed, or took too much memory or time, on this file."


class BadImage(Unsupported):
    """The file is no picture that Tamis reads; `reason` is the sentence that the user sees."""

    def __init__(self, reason: BadImageReason) -> None:
        super().__init__(reason.value)
        self.reason = reason

    def __reduce__(self) -> tuple[type["BadImage"], tuple[BadImageReason]]:
        return BadImage, (self.reason,)


class Measures(Noun):
    """Numbers measured on the upright image, shrunk to at most 512 pixels on its long side.

    brightness and contrast: mean and standard deviation of the luma, 0..1.
    sharpness: standard deviation of the 3x3 Laplacian (centre 8) of the grey image, grey levels 0..255.
    signal_to_noise: mean / standard deviation over all pixels and channels, 0 if they are all equal.
    """

    brightness: float
    contrast: float
    sharpness: float
    signal_to_noise: float


class ImageFacts(Noun):
    """An image that decodes. Width and height are those of the upright image."""

    sha256: Digest
    size_bytes: int
    modified_ns: int
    width: int
    height: int
    format: str
    mode: str
    measures: Measures
