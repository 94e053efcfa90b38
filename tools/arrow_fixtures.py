"""Write the small Arrow files that the web app's reader is tested on: `python -m tools.arrow_fixtures`.

They come from pyarrow, as what the server sends does. A test compares.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa

FOLDER = Path(__file__).resolve().parent.parent / "web/src/api/fixtures"
N = 20


def files() -> dict[str, bytes]:
    """Return the bytes of every file by its name."""
    positions = pa.array(np.arange(N)[::-1], pa.uint32())
    importance = pa.array(np.linspace(1, 0, N), pa.float32())
    x, y = np.arange(N, dtype=np.float32), -np.arange(N, dtype=np.float32) / 2
    x[3] = y[3] = np.nan
    points = pa.table({"x": x, "y": y})
    ranking = pa.table({"position": positions, "importance": importance}).replace_schema_metadata(
        {"greedy_until": "12", "preselected": "3"}
    )
    jpegs = pa.array([b"\xff\xd8\xff", b"", b"jpeg"], pa.binary())
    pictures = pa.table({"position": pa.array([7, 8, 300], pa.uint32()), "jpeg": jpegs})
    return {
        "points.arrow": _file(points),
        "ranking.arrow": _file(ranking),
        "batches.arrow": _file(ranking, rows=8),
        "empty.arrow": _file(ranking.slice(0, 0)),
        "pictures.arrow": _stream(pictures),
        "compressed.arrow": _file(points, options=pa.ipc.IpcWriteOptions(compression="lz4")),
        "nulls.arrow": _file(pa.table({"x": pa.array([1, None], pa.float32())})),
    }


def _file(table: pa.Table, rows: int | None = None, options: pa.ipc.IpcWriteOptions | None = None) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema, options=options) as writer:
        writer.write_table(table, max_chunksize=rows)
    return bytes(sink.getvalue().to_pybytes())


def _stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue().to_pybytes())


if __name__ == "__main__":
    for name, content in files().items():
        (FOLDER / name).write_bytes(content)
