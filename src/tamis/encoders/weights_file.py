"""A file of weights that somebody named: read whole, or refused in a sentence."""

from pathlib import Path

from tamis.encoders.published import how_to_get
from tamis.model.errors import Invalid


def read_weights(path: Path, scheme: str = "") -> bytes:
    """Return the content of the file, which an encoder of `scheme` needs.

    Raises:
        Invalid: it is not there, no file, empty or may not be read.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise Invalid(f"There is no file '{path}'. {how_to_get(scheme)}", field="encoder") from error
    except OSError as error:
        raise Invalid(f"'{path}' cannot be read: {error.strerror}.", field="encoder") from error
    except ValueError as error:  # a NUL in the name
        raise Invalid(f"{str(path)!r} is no name of a file.", field="encoder") from error
    if not content:
        raise Invalid(f"The file '{path}' is empty.", field="encoder")
    return content
