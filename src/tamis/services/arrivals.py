"""The files of one request while they come in: each under a name of its own, until an upload takes them."""

from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tamis.model.errors import Invalid, TooLarge
from tamis.model.names import clean_sent_name
from tamis.store.folder import DataFolder
from tamis.store.incoming import Part

MOST_FILES = 256
"""Files in one request."""


@dataclass(frozen=True)
class Arrival:
    """One file, by the name it was sent under. `name` is that of its sample; without one it is refused."""

    sent_name: str
    name: str | None
    part: Part | None
    reason: str | None = None


class Arrivals:
    """Receives files one after the other. What no upload has taken by the end of the block is removed."""

    def __init__(self, folder: DataFolder) -> None:
        self.files: list[Arrival] = []
        self._folder = folder
        self._current: Part | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self.files:
            if file.part is not None:
                file.part.discard()

    def begin(self, sent_name: str) -> None:
        """Begin the next file. The bytes of one with an impossible name are not kept.

        Raises:
            TooLarge: there are too many.
        """
        if len(self.files) == MOST_FILES:
            raise TooLarge(f"A request may carry {MOST_FILES} files. Send them in several.")
        try:
            name = clean_sent_name(sent_name)
        except Invalid as error:
            self.files.append(Arrival(sent_name, None, None, error.message))
            return
        self._current = Part(self._folder)
        self.files.append(Arrival(sent_name, name, self._current))

    def write(self, data: bytes | memoryview) -> None:
        """Append to the file that has begun."""
        if self._current is not None:
            self._current.write(data)

    def end(self) -> None:
        """End the file that has begun."""
        if self._current is not None:
            self._current.close()
            self._current = None
