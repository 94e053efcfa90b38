"""Reading a folder in place: list it once, then read it batch by batch in a memory-limited child."""

from pathlib import Path

import pyarrow as pa

from tamis.images.listing import walk
from tamis.jobs.run import Run
from tamis.model.digest import Json
from tamis.services import decoding, ingest, tags
from tamis.services.samples import root_path
from tamis.store import arrays

BATCH = 256


def work(run: Run) -> dict[str, Json]:
    """List the folder, read its batches, and freeze what the dataset holds as a tag."""
    listed = run.step("list", _list, run)
    for number in range(-(-listed["files"] // BATCH)):
        run.step(f"read {number}", _read, run, number, listed["files"])
    tag_id = run.step("close", _close, run)
    new = ingest.start(run.store, run.dataset_id) - listed["first"]
    problems = ingest.count_problems(run.store, run.dataset_id, run.job_id)
    existing = listed["files"] - new - problems
    return {"tag_id": tag_id, "new": new, "existing": existing, "problems": problems}


def _list(run: Run) -> dict[str, int]:
    root = root_path(run.store, run.dataset_id)
    paths = list(walk(root))
    arrays.write_part(_listing(run), pa.table({"path": pa.array(paths, pa.binary())}))
    return {"files": len(paths), "first": ingest.start(run.store, run.dataset_id)}


def _listing(run: Run) -> Path:
    return run.folder / "listing.arrow"


def _read(run: Run, number: int, total: int) -> None:
    """Read one batch and commit it whole."""
    with pa.memory_map(str(_listing(run))) as file:
        column = pa.ipc.open_file(file).read_all().column("path")
        relatives = column.slice(number * BATCH, BATCH).to_pylist()
    root = root_path(run.store, run.dataset_id)
    batch = ingest.sort_out(run.store, run.dataset_id, root, relatives)
    taken: list[ingest.Taken] = []
    refused = dict(batch.refused)
    done = number * BATCH + len(relatives) - len(batch.unread)
    run.report("ingest", done, total)
    for result in decoding.read(run.tools.engine, root, batch.unread):
        done += 1
        if result.facts is not None and result.thumbnail is not None:
            taken.append(ingest.Taken(result.relative, result.facts, result.thumbnail))
        elif result.reason is not None:
            refused[result.relative] = result.reason.value
        run.report("ingest", done, total)
    ingest.commit(run.store, run.dataset_id, run.job_id, taken, refused, batch.unchanged)


def _close(run: Run) -> str:
    ingest.forget_older_problems(run.store, run.dataset_id, run.job_id)
    return tags.close_upload(run.store, run.dataset_id).id
