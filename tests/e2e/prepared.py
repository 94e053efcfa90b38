"""A dataset that is ready to be looked at: for the stories that begin after the upload."""

from dataclasses import dataclass, field
from pathlib import Path

from tamis.model.tag import Tag
from tests.e2e.pictures import copy_emoji
from tests.e2e.platform import Platform


@dataclass(frozen=True)
class Prepared:
    """A dataset with images, an embedding and a plot."""

    platform: Platform
    id: str
    initial: Tag
    names: list[str] = field(default_factory=list)

    @property
    def n(self) -> int:
        return len(self.names)

    def tag(self, name: str, file_names: list[str], parent: Tag | None = None) -> Tag:
        """Freeze some of the images under a name."""
        with self.platform.client() as client:
            return client.tag_files(self.id, name, (parent or self.initial).id, file_names)

    def selection(self, strategy: str, n_samples: int) -> str:
        """Rank the first tag, and return the id of the selection."""
        with self.platform.client() as client:
            reduced = max(client.embeddings(self.id), key=lambda each: each.parent_id is not None)
            job = client.select(
                self.id,
                tag_id=self.initial.id,
                embedding_id=reduced.id,
                strategy={"strategy": strategy},
                n_samples=n_samples,
            )
            return str(client.wait(job).result["selection_id"])

    def save(self, selection_id: str, name: str, keep: int) -> Tag:
        """Freeze the first of a ranking under a name."""
        with self.platform.client() as client:
            return client.tag_selection(self.id, name, selection_id, keep)

    def tag_names(self) -> set[str]:
        """Return the names of all tags, as the server knows them."""
        with self.platform.client() as client:
            return {tag.name for tag in client.tags(self.id)}

    def name_at(self, position: str | None) -> str:
        """Return the name of the image at a position, as a cell of the grid carries it."""
        assert position is not None, "this cell carries no position"
        with self.platform.client() as client:
            return client.sample(self.id, int(position)).file_name

    def members(self, tag_name: str) -> set[str]:
        """Return the file names in a tag, as the server knows them."""
        with self.platform.client() as client:
            (tag,) = client.tags(self.id, tag_name)
            return {sample.file_name for sample in client.samples(self.id, tag.id)}


def prepare(platform: Platform, name: str, folder: Path, n: int) -> Prepared:
    """Upload emoji by the client, and wait until they can be seen in the plot."""
    paths = copy_emoji(folder, n)
    with platform.client() as client:
        dataset = client.create_dataset(name)
        client.upload(dataset.id, folder)
        while waiting := [job for job in client.jobs(dataset.id) if job.finished_at is None]:
            client.wait_all(waiting)
        assert list(client.projections(dataset.id))
        (initial,) = client.tags(dataset.id)
    return Prepared(platform, dataset.id, initial, [path.name for path in paths])
