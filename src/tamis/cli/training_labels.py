"""Labels to measure training by: the subfolders of the images, or a file of the user's."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tamis.model.errors import Invalid

_FEWEST_OF_A_LABEL = 5


def folder_labels(names: tuple[str, ...]) -> NDArray[np.int64] | None:
    """Take the subfolders of the images for labels; None where they tell nothing.

    There must be two or more, and five images or more in each on average.
    """
    folders = [name.rpartition("/")[0] for name in names]
    if not 2 <= len(set(folders)) <= len(names) / _FEWEST_OF_A_LABEL:
        return None
    return np.unique(folders, return_inverse=True)[1].astype(np.int64)


def read_labels(path: Path, names: Sequence[str]) -> dict[str, str]:
    """Read labels by file name from lines of `file name,label`.

    Raises:
        Invalid: it is no such file, or names none of the images.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = [row for row in csv.reader(file) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Invalid(
            f"'{path}' cannot be read as lines of file name,label: {error}.", field="labels"
        ) from error
    short = next((number for number, row in enumerate(rows, 1) if len(row) < 2), None)
    if short is not None:
        raise Invalid(f"Line {short} of '{path}' is not: file name,label.", field="labels")
    label_of = {row[0]: row[1] for row in rows}
    if label_of.keys().isdisjoint(names):
        raise Invalid(f"'{path}' names none of the images. The first image is '{names[0]}'.", field="labels")
    return label_of


def file_labels(label_of: Mapping[str, str], names: Sequence[str]) -> NDArray[np.int64]:
    """Number the labels of images; those without one get -1."""
    known = sorted({label_of[name] for name in names if name in label_of})
    number_of = {label: number for number, label in enumerate(known)}
    return np.array([number_of[label_of[name]] if name in label_of else -1 for name in names], np.int64)
