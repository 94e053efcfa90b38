"""What `tamis curate` tells at its end, for people and for programs."""

from pathlib import Path

from tamis.cli.curation import Order, Outcome
from tamis.cli.output import note, refused, say
from tamis.cli.progress import TITLES
from tamis.model.digest import Json
from tamis.model.job import Job

_SHOWN_PROBLEMS = 5
_LISTED_PROBLEMS = 1000


def print_summary(order: Order, outcome: Outcome, out: Path | None, seconds: float) -> None:
    """Print the summary: the result on stdout, the bad files on stderr."""
    tag, dataset = outcome.tag, outcome.dataset
    preselected = tag.n_members - order.keep
    beside = f", {preselected} preselected" if preselected else ""
    images = dataset.n_samples - dataset.n_deleted
    say(f"Dataset    {dataset.name}: {images} images, {_added(outcome.jobs[0])} new")
    say(f"Kept       {order.keep} new{beside}, by {order.strategy['strategy']} with seed {order.seed}")
    say(f"Tag        {tag.name}")
    say(f"Digest     {tag.digest}")
    if outcome.selection.curve:
        kept = outcome.selection.curve[-1]
        say(f"Radius     {kept.radius:.4g}{_against(outcome, 'radius')}")
        say(f"Distance   {kept.mean:.4g} on average{_against(outcome, 'mean')}")
    for job in outcome.jobs:
        say(f"{TITLES[job.kind]:<16} {_speed(job, outcome)}")
    say(f"{'In all':<16} {seconds:.1f} s")
    if out is not None:
        say(f"List       {out}")
    if outcome.problems:
        note(refused(len(outcome.problems)))
        for problem in outcome.problems[:_SHOWN_PROBLEMS]:
            note(f"  {problem.file_name}: {problem.reason}")
        if len(outcome.problems) > _SHOWN_PROBLEMS:
            rest = len(outcome.problems) - _SHOWN_PROBLEMS
            note(f"  and {rest} more: tamis dataset show '{dataset.name}' --problems")


def as_json(order: Order, outcome: Outcome, out: Path | None, seconds: float) -> dict[str, Json]:
    """Return the summary for programs."""
    tag, dataset, selection = outcome.tag, outcome.dataset, outcome.selection
    ingest, embed, project, _ = outcome.jobs
    return {
        "dataset": {"id": dataset.id, "name": dataset.name, "images": dataset.n_samples - dataset.n_deleted},
        "tag": {"id": tag.id, "name": tag.name, "digest": tag.digest, "members": tag.n_members},
        "selection": {
            "id": selection.id,
            "strategy": selection.strategy,
            "seed": selection.seed,
            "keep": order.keep,
            "candidates": selection.n_candidates,
            "greedy_until": selection.greedy_until,
        },
        "embedding_id": embed.result["embedding_id"],
        "reduced_id": embed.result["reduced_id"],
        "projection_id": project.result["projection_id"],
        "new": ingest.result["new"],
        "existing": ingest.result["existing"],
        "bad": len(outcome.problems),
        "problems": [
            {"file_name": one.file_name, "reason": one.reason} for one in outcome.problems[:_LISTED_PROBLEMS]
        ],
        "coverage": {
            name: ({"radius": curve[-1].radius, "mean": curve[-1].mean} if curve else None)
            for name, curve in (("kept", selection.curve), ("random", selection.random_curve))
        },
        "stages": {
            job.kind: {
                "images": _images(job, outcome),
                "seconds": _seconds(job),
                "images_per_second": _images(job, outcome) / _seconds(job) if _seconds(job) else None,
            }
            for job in outcome.jobs
        },
        "seconds": seconds,
        "out": str(out) if out is not None else None,
    }


def _against(outcome: Outcome, measure: str) -> str:
    if not outcome.selection.random_curve:
        return ""
    kept = float(getattr(outcome.selection.curve[-1], measure))
    random = float(getattr(outcome.selection.random_curve[-1], measure))
    change = f", {100 * (kept / random - 1):+.0f} %" if random else ""
    return f" (random: {random:.4g}{change})"


def _speed(job: Job, outcome: Outcome) -> str:
    images, seconds = _images(job, outcome), _seconds(job)
    if not images:
        return "nothing new"
    return f"{seconds:.1f} s" + (f" ({images / seconds:.0f} images/s)" if seconds else "")


def _images(job: Job, outcome: Outcome) -> int:
    """How many images the job worked on."""
    if job.kind == "ingest":
        return _added(job)
    if job.kind == "embed":
        encoded = job.result["encoded"]
        return encoded if isinstance(encoded, int) else 0
    return outcome.selection.n_candidates


def _added(job: Job) -> int:
    added = job.result["new"]
    return added if isinstance(added, int) else 0


def _seconds(job: Job) -> float:
    assert job.started_at is not None and job.finished_at is not None
    return (job.finished_at - job.started_at) / 1000
