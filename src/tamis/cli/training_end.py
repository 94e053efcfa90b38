"""What `tamis train` tells at its end, for people and for programs."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from tamis.cli.judging import Verdict
from tamis.cli.output import note, refused, say, say_table, table
from tamis.cli.training import Ready
from tamis.model.digest import Json

if TYPE_CHECKING:
    from tamis.learning.train import Outcome

_SHOWN_PROBLEMS = 5


def print_summary(ready: Ready, outcome: "Outcome", verdict: Verdict) -> None:
    """Print the result on stdout, and the bad files on stderr."""
    facts = outcome.checkpoint.facts
    say(f"Run        {ready.order.run}")
    say(f"Network    {facts.backbone} by {facts.method}, {facts.dimension} dimensions, {facts.input_size} px")
    say(f"Trained    {facts.step} steps, {facts.epochs:.1f} epochs of {facts.n_images} images")
    say(f"Weights    {facts.weights}")
    _print_verdict(verdict)
    source = ready.order.source
    command = f"embed '{source.target}'" if source.is_dataset else f"curate '{source.target}' --keep 100"
    say(f"Use it     tamis {command} --encoder 'own:{ready.order.run}'")
    if ready.problems:
        note(refused(len(ready.problems)))
        for name, reason in list(ready.problems.items())[:_SHOWN_PROBLEMS]:
            note(f"  {name}: {reason}")
        if len(ready.problems) > _SHOWN_PROBLEMS:
            note(f"  and {len(ready.problems) - _SHOWN_PROBLEMS} more")


def _print_verdict(verdict: Verdict) -> None:
    labelled = any(score.knn is not None for score in verdict.scores)
    shown = table(
        "Encoder", "#Dimensions", *(["#5-NN", "#5-NN of 32"] if labelled else []), "#Effective rank"
    )
    for score in verdict.scores:
        knn = [f"{value:.3f}" for value in (score.knn, score.knn_reduced) if value is not None]
        shown.add_row(score.name, str(score.dimension), *knn, f"{score.effective_rank:.0f}")
    say()
    say_table(shown)
    for sentence in verdict.sentences:
        say(sentence)
    say()


def as_json(ready: Ready, outcome: "Outcome", verdict: Verdict) -> dict[str, Json]:
    """Return the result for programs."""
    return {
        "run": str(ready.order.run),
        "checkpoint": outcome.checkpoint.facts.model_dump(mode="json"),
        "health": [one.model_dump(mode="json") for one in outcome.health],
        "helped": verdict.helped,
        "sentences": list(verdict.sentences),
        "compared": verdict.n_images,
        "scores": [asdict(score) for score in verdict.scores],
        "problems": [{"file_name": name, "reason": reason} for name, reason in ready.problems.items()],
    }
