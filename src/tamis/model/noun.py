"""What every noun shares: it is frozen, and it refuses fields that it does not know."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{24}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Milliseconds = int
"""A moment: milliseconds since 1970 in UTC."""


class Noun(BaseModel):
    """A value that is parsed once and never changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
