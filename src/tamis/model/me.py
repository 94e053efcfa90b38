"""Who asks: a person with a session, a program with a token, or a command on this machine."""

from typing import Literal

from tamis.model.noun import Id, Noun
from tamis.model.token import Scope


class Me(Noun):
    """The caller, and what it may do. With a `dataset_id`, it sees that dataset and nothing else.

    `options` are what commands on the server's machine need to mean the same data folder, quoted for a shell,
    as in `--data /srv/tamis`; empty where they need nothing, and for tokens.
    """

    kind: Literal["session", "token", "local"]
    scope: Scope
    dataset_id: Id | None
    name: str
    options: str = ""
