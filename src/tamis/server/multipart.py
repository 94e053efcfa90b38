"""Forms with files (multipart/form-data, RFC 7578), read as they arrive: no part is ever held in memory.

Names follow browsers: UTF-8, with `"` and line breaks as %22, %0D and %0A. Programs may send `filename*`
(RFC 5987) instead, which says every name exactly.
"""

import asyncio
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request

from tamis.model.errors import Invalid, Unsupported
from tamis.services.arrivals import Arrivals

if TYPE_CHECKING:
    pass

FORM = "multipart/form-data"
FIELD = b"files"
PATIENCE_SECONDS = 60.0
"""How long nothing may arrive before the request is given up."""

_PIECE = 1 << 20  # a piece goes to a thread, which hashes and writes it: few hops, little memory
_LONGEST_HEADER = 16 * 1024  # a file name of 2,048 bytes, each written as %xx, and then some
_BOUNDARY = re.compile(r';\s*boundary=(?:"([^"]{1,70})"|([^\s";,]{1,70}))\s*(?:;|$)', re.IGNORECASE)
_PARAMETER = re.compile(rb';\s*([a-z]+\*?)=(?:"([^"]*)"|([^\s";]+))', re.IGNORECASE)
_UNDONE = ((b"%22", b'"'), (b"%0D", b"\r"), (b"%0A", b"\n"))


async def receive(request: Request, arrivals: Arrivals) -> None:
    """Write the files of a form to `arrivals`.

    Raises:
        Unsupported: it is no such form.
        Invalid: it is broken, or stopped arriving.
    """
    form = Form(_boundary(request.headers.get("content-type", "")), arrivals)
    stream = request.stream()
    waiting = bytearray()
    more = True
    try:
        while more:
            async with asyncio.timeout(PATIENCE_SECONDS):
                piece = await anext(stream, None)
            more = piece is not None
            waiting += piece or b""
            if waiting and (len(waiting) >= _PIECE or not more):
                await run_in_threadpool(form.feed, bytes(waiting))
                waiting.clear()
    except TimeoutError as error:
        raise Invalid(f"Nothing has arrived for {PATIENCE_SECONDS:g} s. Send the files again.") from error
    except ClientDisconnect as error:
        raise Invalid("The connection broke before all files had arrived. Send them again.") from error
    form.finish()


def _boundary(content_type: str) -> bytes:
    found = _BOUNDARY.search(content_type)
    if not content_type.lower().startswith(FORM) or found is None:
        raise Unsupported(f"Files are sent as '{FORM}' with a boundary.")
    return (found[1] or found[2]).encode("latin-1")


class Form:
    """Feeds a form, piece by piece, to the arrivals."""

    def __init__(self, boundary: bytes, arrivals: Arrivals) -> None:
        # Here, so that only those who upload need it.
        from python_multipart.multipart import MultipartParser

        self._arrivals = arrivals
        self._name = bytearray()
        self._value = bytearray()
        self._disposition = b""
        self._ended = False
        self._parser: MultipartParser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._data,
                "on_part_end": arrivals.end,
                "on_end": self._end,
            },
            max_header_size=_LONGEST_HEADER,
        )

    def feed(self, data: bytes) -> None:
        """Take the next piece.

        Raises:
            Invalid: the form is broken.
        """
        from python_multipart.exceptions import FormParserError

        try:
            self._parser.write(data)
        except FormParserError as error:
            raise Invalid(f"The form is broken: {error}.") from error

    def finish(self) -> None:
        """Check that the form has ended.

        Raises:
            Invalid: it breaks off.
        """
        if not self._ended:
            raise Invalid("The form breaks off. Send the files again.")

    def _begin(self) -> None:
        self._disposition = b""

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._name.clear()
        self._value.clear()

    def _headers_finished(self) -> None:
        self._arrivals.begin(sent_name(self._disposition))

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._arrivals.write(memoryview(data)[start:end])

    def _end(self) -> None:
        self._ended = True


def sent_name(disposition: bytes) -> str:
    """Return the file name of a part.

    Raises:
        Invalid: the part is not one of the field `files`, or has no name in UTF-8.
    """
    kind, _, _ = disposition.partition(b";")
    found = {key.lower(): quoted or plain for key, quoted, plain in _PARAMETER.findall(disposition)}
    if kind.strip().lower() != b"form-data" or found.get(b"name") != FIELD:
        raise Invalid(f"Each part of the form must be a file of the field '{FIELD.decode()}'.", field="files")
    name: bytes = found.get(b"filename", b"")
    for written, meant in _UNDONE:
        name = name.replace(written, meant)
    charset, _, exact = found.get(b"filename*", b"").partition(b"''")
    if charset.lower() == b"utf-8":
        name = unquote_to_bytes(exact)
    try:
        return name.decode()
    except UnicodeDecodeError as error:
        raise Invalid("A file name is not in UTF-8.", field="files") from error
