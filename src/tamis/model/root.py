"""A root: a folder on the server whose images may be read in place. Only the CLI and an admin allow one."""

from tamis.model.noun import Id, Milliseconds, Noun


class Root(Noun):
    """An allow-listed folder."""

    id: Id
    path: str
    created_at: Milliseconds
