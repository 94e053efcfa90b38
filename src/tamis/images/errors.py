"""The one way in which a picture is refused."""

from tamis.model.errors import Unsupported
from tamis.model.image import BadImageReason


class BadImage(Unsupported):
    """The file is no picture that Tamis reads; `reason` is the sentence that the user sees."""

    def __init__(self, reason: BadImageReason) -> None:
        super().__init__(reason.value)
        self.reason = reason

    def __reduce__(self) -> tuple[type["BadImage"], tuple[BadImageReason]]:
        return BadImage, (self.reason,)
