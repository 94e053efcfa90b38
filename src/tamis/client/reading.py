"""What comes as bytes: members, pictures, vectors, events. `Client` has all of it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast
from urllib.parse import quote

from tamis.client.transport import Query, Wire, error_of
from tamis.model.dataset import Dataset
from tamis.model.embedding import Embedding, EmbeddingCreate
from tamis.model.event import Event, EventKind
from tamis.model.job import Job
from tamis.model.names import clean_file_name

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_ARROW = "application/vnd.apache.arrow.file"
_PICTURES_AT_ONCE = 256
_VECTORS_AT_ONCE = 4096
VECTOR_BYTES_AT_ONCE = 16_000_000


class Reading:
    """Calls whose answers are no JSON."""

    _wire: Wire

    def image(self, dataset_id: str, position: int) -> bytes:
        """Fetch an image as it was read."""
        return self._wire.send("GET", f"/api/datasets/{dataset_id}/samples/{position}/image").content

    def thumbnail(self, dataset_id: str, position: int) -> bytes:
        """Fetch an image as a small upright JPEG."""
        return self._wire.send("GET", f"/api/datasets/{dataset_id}/samples/{position}/thumbnail").content

    def thumbnails(self, dataset_id: str, positions: Sequence[int], size: int = 160) -> dict[int, bytes]:
        """Fetch images as JPEGs of at most `size` pixels a side, by position; deleted ones are left out."""
        import pyarrow as pa

        found: dict[int, bytes] = {}
        for start in range(0, len(positions), _PICTURES_AT_ONCE):
            some = ",".join(str(position) for position in positions[start : start + _PICTURES_AT_ONCE])
            query: Query = {"positions": some, "size": size}
            answer = self._wire.send("GET", f"/api/datasets/{dataset_id}/thumbnails", query=query)
            table = pa.ipc.open_file(pa.BufferReader(answer.content)).read_all()
            columns = (table.column(name).to_pylist() for name in ("position", "jpeg"))
            found.update(zip(*columns, strict=True))
        return found

    def images(self, dataset_id: str, tag_id: str | None = None) -> Iterator[tuple[int, bytes]]:
        """Go through the positions and images of a tag, or of all samples that are not deleted."""
        for position in self.members(dataset_id, tag_id).tolist():
            yield position, self.image(dataset_id, position)

    def members(self, dataset_id: str, tag_id: str | None = None) -> NDArray[np.uint32]:
        """Fetch the positions of a tag, or of all samples, without the deleted ones; ascending."""
        import numpy as np

        below = "present" if tag_id is None else f"tags/{tag_id}/members"
        answer = self._wire.send("GET", f"/api/datasets/{dataset_id}/{below}")
        bits = np.unpackbits(np.frombuffer(answer.content, np.uint8), bitorder="little")
        return np.flatnonzero(bits).astype(np.uint32)

    def paths(self, dataset_id: str, tag_id: str, *, new_only: bool = False) -> bytes:
        """Fetch the paths of a tag's files, one per line, spelled as the file system does."""
        query: Query = {"tag_id": tag_id, "new_only": new_only}
        return self._wire.send("GET", f"/api/datasets/{dataset_id}/exports/paths", query=query).content

    def file_names(self, dataset_id: str, tag_id: str, *, new_only: bool = False) -> list[str]:
        """Fetch the file names of a tag's samples, best first for a selection."""
        lines = self.paths(dataset_id, tag_id, new_only=new_only).split(b"\n")[:-1]
        return [clean_file_name(line) for line in lines]

    def points(self, dataset_id: str, projection_id: str) -> bytes:
        """Fetch a projection's points as an Arrow file."""
        path = f"/api/datasets/{dataset_id}/projections/{projection_id}/points"
        return self._wire.send("GET", path).content

    def picture(self, dataset_id: str, projection_id: str, **view: str | int) -> bytes:
        """Fetch a plot as a PNG; `view` may hold tag_id, selection_id, keep, width, height and theme."""
        path = f"/api/datasets/{dataset_id}/projections/{projection_id}/picture"
        return self._wire.send("GET", path, query={**view}).content

    def ranking(self, dataset_id: str, selection_id: str) -> bytes:
        """Fetch a selection's ranking as an Arrow file."""
        return self._wire.send("GET", f"/api/datasets/{dataset_id}/selections/{selection_id}/ranking").content

    def vectors(self, dataset_id: str, embedding_id: str) -> Iterator[tuple[list[str], NDArray[np.float32]]]:
        """Go through the file names and vectors (m, d) of an embedding, in parts, by position."""
        import pyarrow as pa

        path = f"/api/datasets/{dataset_id}/embeddings/{embedding_id}/vectors"
        first, total = 0, 1
        while first < total:
            query: Query = {"first": first, "count": _VECTORS_AT_ONCE}
            answer = self._wire.send("GET", path, query=query)
            total = self._wire.json(Dataset, "GET", f"/api/datasets/{dataset_id}").n_samples
            first += _VECTORS_AT_ONCE
            table = pa.ipc.open_file(pa.BufferReader(answer.content)).read_all()
            if table.num_rows:
                lists = table.column("vector").combine_chunks()
                flat = lists.flatten().to_numpy(zero_copy_only=False)
                yield table.column("file_name").to_pylist(), flat.reshape(table.num_rows, -1)

    def upload_vectors(
        self, dataset_id: str, name: str, file_names: Sequence[str], vectors: NDArray[np.float32]
    ) -> Embedding:
        """Bring vectors (n, d) of your own for the samples of these names; sending them again does no harm.

        They make up the embedding `name`. `reduce_vectors` makes it ready for selections and the plot.
        """
        rows = max(1, VECTOR_BYTES_AT_ONCE // (4 * max(1, vectors.shape[1])))
        path = f"/api/datasets/{dataset_id}/embeddings/{quote(name, safe='')}/vectors"
        for start in range(0, max(1, len(file_names)), rows):
            part = slice(start, start + rows)
            body = _vector_file(file_names[part], vectors[part])
            made = self._wire.json(Embedding, "PUT", path, body=body, content_type=_ARROW)
        return made

    def reduce_vectors(self, dataset_id: str, name: str, *, dimensions: int = 32) -> Job:
        """Reduce an embedding whose vectors have all been uploaded, and lay it out for the plot."""
        body = EmbeddingCreate(
            encoder=f"uploaded:{name}", dimensions=dimensions, then_project=("pca", "tsne")
        )
        return self._wire.json(Job, "POST", f"/api/datasets/{dataset_id}/embeddings", body=body)

    def events(self, dataset_id: str | None = None, after: int | None = None) -> Iterator[Event]:
        """Follow what changes, from the event `after` or from now on, until the server ends.

        An event of the kind `reset` says that some have been forgotten: fetch everything anew.
        """
        headers = {} if after is None else {"Last-Event-ID": str(after)}
        query = {} if dataset_id is None else {"dataset": dataset_id}
        with self._wire.http.stream(
            "GET", "/api/events", params=query, headers=headers, timeout=60
        ) as response:
            if not response.is_success:
                response.read()
                raise error_of(response)
            fields: dict[str, str] = {}
            for line in response.iter_lines():
                name, _, value = line.partition(": ")
                if line:
                    fields[name] = value
                    continue
                if "data" in fields:
                    data = json.loads(fields["data"])
                    number = int(fields["id"]) if "id" in fields else None
                    kind = cast("EventKind", fields["event"])
                    yield Event(number, data.get("dataset", ""), kind, data.get("id", ""))
                fields = {}


def _vector_file(file_names: Sequence[str], vectors: NDArray[np.float32]) -> bytes:
    import numpy as np
    import pyarrow as pa

    flat = pa.array(np.ascontiguousarray(vectors, np.float32).reshape(-1))
    table = pa.table(
        {
            "file_name": pa.array(list(file_names), pa.utf8()),
            "vector": pa.FixedSizeListArray.from_arrays(flat, vectors.shape[1]),
        }
    )
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()
