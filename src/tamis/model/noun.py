"""What every noun shares: it is frozen, and it refuses fields that it does not know; and pages of nouns."""

import math
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, JsonValue, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{24}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Milliseconds = int
"""A moment: milliseconds since 1970 in UTC."""


def check_text(text: str) -> str:
    """Refuse what a database or an answer in UTF-8 cannot hold: NUL and half characters.

    Raises:
        ValueError: it holds one of them.
    """
    for character in text:
        if character == "\0" or "\ud800" <= character <= "\udfff":
            raise ValueError(f"A text cannot hold the character U+{ord(character):04X}.")
    return text


def check_json(value: JsonValue) -> JsonValue:
    """Refuse numbers that are none, and texts that cannot be kept, at any depth.

    Raises:
        ValueError: it holds one of them.
    """
    if isinstance(value, str):
        check_text(value)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError("A number must be finite: NaN and Infinity are not JSON.")
    elif isinstance(value, dict):
        for name, inner in value.items():
            check_text(name)
            check_json(inner)
    elif isinstance(value, list):
        for inner in value:
            check_json(inner)
    return value


Text = Annotated[str, AfterValidator(check_text)]
"""Text from outside that is kept, or looked for among what is kept."""
CheckedJson = Annotated[JsonValue, AfterValidator(check_json)]
"""JSON from outside that is kept."""


class Noun(BaseModel):
    """A value that is parsed once and never changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


Item = TypeVar("Item")


class Page(Noun, Generic[Item]):
    """A page of a listing, by key, so that it stays right while rows are added.

    `next` is the value to send as `after` for the following page, or null on the last one.
    """

    items: list[Item]
    next: str | None = None
