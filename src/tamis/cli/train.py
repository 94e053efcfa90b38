"""`tamis train`: teach a network on your own images, without labels."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tamis.cli.options import AsJson, Data
from tamis.cli.output import BAD_FILES, Interrupted, Usage, note, say_json
from tamis.model.errors import Conflict

if TYPE_CHECKING:
    from tamis.cli.judging import Verdict
    from tamis.cli.training import Order, Ready
    from tamis.cli.training_source import Source
    from tamis.learning.train import Outcome

EXAMPLE = "Example: tamis train photos --minutes 10 --out photos-run"

Target = Annotated[
    str,
    typer.Argument(
        metavar="DIR|DATASET",
        help="A folder of images, or a dataset. The images stay where they are.",
    ),
]
Method = Annotated[
    str | None,
    typer.Option(help="How to learn: diet (default for lite0), simclr (default for the others), vicreg, ..."),
]
Backbone = Annotated[
    str | None,
    typer.Option(
        help="The network: lite0 is pretrained and gets adapted (default); small, resnet18, vit-small and "
        "others start from nothing."
    ),
]
Weights = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE|RUN",
        help="Begin with these weights of the network: a safetensors file, as of dinov2-small, or a run. "
        "Default: those that come with lite0, or chance.",
    ),
]
Epochs = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Train for so many passes over the images.")
]
Steps = Annotated[int | None, typer.Option(min=1, metavar="N", help="Train for so many batches.")]
Minutes = Annotated[
    float | None, typer.Option(min=0.01, metavar="N", help="Train for so long. Default: 10 minutes.")
]
Augmentation = Annotated[
    str | None,
    typer.Option(
        metavar="PRESET",
        help="What the vectors shall not depend on: natural, color-matters, texture, aerial, medical, none.",
    ),
]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE",
        help="Change one thing of the augmentation (jitter.hue=0) or of the training (learning_rate=0.0001).",
    ),
]  # fmt: skip
Preview = Annotated[
    Path | None,
    typer.Option(metavar="PNG", help="Draw eight images and five views of each here, and do not train."),
]
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="RUN", help="The folder of the run. Default: NAME-run, here, by the folder or dataset."
    ),
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the run in RUN where it was saved last.")]
Labels = Annotated[
    Path | None,
    typer.Option(
        metavar="CSV",
        help="Lines of file name,label: only to measure. Default: the subfolders, where they fit.",
    ),
]
Seed = Annotated[
    int | None, typer.Option(min=0, help="Where chance plays a part, it starts here. Default: 0.")
]


def train(
    target: Target,
    method: Method = None,
    backbone: Backbone = None,
    weights: Weights = None,
    epochs: Epochs = None,
    steps: Steps = None,
    minutes: Minutes = None,
    augmentation: Augmentation = None,
    changes: Changes = None,
    preview: Preview = None,
    out: Out = None,
    resume: Resume = False,
    labels: Labels = None,
    seed: Seed = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Train a network on images of a folder or a dataset, without labels, and compare it with frozen ones.

    Use it with `--encoder own:RUN`. Ctrl-C saves; `--resume` goes on.
    """
    from tamis.cli import training, training_processes
    from tamis.cli.training_source import find_source

    need_torch()
    given = {
        "method": method, "backbone": backbone, "weights": str(weights.absolute()) if weights else None,
        "epochs": epochs, "steps": steps, "minutes": minutes, "augmentation": augmentation, "seed": seed,
    }  # fmt: skip

    def order() -> training.Order:
        source = find_source(target, data)
        return training.Order(
            source=source,
            run=place_of_run(source, out, resume=resume if preview is None else None),
            given={name: value for name, value in given.items() if value is not None},
            changes=tuple(changes or ()),
            labels=labels,
        )

    if preview is not None:
        training_processes.refuse_several("--preview")
        training.draw_preview(order(), preview)
    elif training_processes.is_one_of_several():
        _train(order, as_json=as_json)
    else:
        checked = order()  # a mistyped folder is told at once: torch takes seconds to load
        _train(lambda: checked, as_json=as_json)


def _train(order: "Callable[[], Order]", *, as_json: bool) -> None:
    """Train in this process, or take part where torchrun has started several."""
    from tamis.cli import training, training_end, training_processes
    from tamis.learning.processes import group

    with group() as peers:
        if not peers.is_first:
            training_processes.follow(peers)
            return
        ready = training_processes.lead(peers, lambda: training.prepare(order()))
        outcome, verdict = run_and_judge(ready)
    if as_json:
        say_json(training_end.as_json(ready, outcome, verdict))
    else:
        training_end.print_summary(ready, outcome, verdict)
    if ready.problems and peers.world == 1:  # torchrun takes every code but 0 for a crash
        raise typer.Exit(BAD_FILES)


def run_and_judge(ready: "Ready") -> "tuple[Outcome, Verdict]":
    """Train, and compare with the frozen encoders; what came of it is kept in the run's folder, too.

    Raises:
        Interrupted: it was stopped, and saved.
        Conflict: the features have collapsed; the message says why and what to try.
    """
    import json

    from tamis.cli import training, training_end
    from tamis.cli.judging import judge
    from tamis.cli.training_progress import make_report
    from tamis.learning.files import write_whole
    from tamis.model.machine import user_cache

    outcome = training.run(ready, make_report)
    run = ready.order.run
    if outcome.collapse is not None:
        raise Conflict(f"Training was stopped. {outcome.collapse.reason} {outcome.collapse.advice}")
    if outcome.state == "stopped":
        raise Interrupted(
            f"Stopped and saved. Go on with: tamis train '{ready.order.source.target}' --out '{run}' --resume"
        )
    note("Comparing with the frozen encoders ...")
    verdict = judge(run, ready.order.source, ready.pool.names, ready.labels, user_cache("encoders") or run)
    kept = json.dumps(training_end.as_json(ready, outcome, verdict), ensure_ascii=False, indent=2)
    write_whole(run / "result.json", kept.encode())
    return outcome, verdict


def need_torch() -> None:
    """Refuse to go on where the extra is not installed.

    Raises:
        Unavailable: it is not.
    """
    import importlib.util

    from tamis.model.errors import Unavailable

    missing = [name for name in ("torch", "safetensors") if importlib.util.find_spec(name) is None]
    if missing:
        raise Unavailable(
            f"Training needs {' and '.join(missing)}, not installed here. Install the extra: "
            'pip install "tamis[learn]"'
        )


def place_of_run(source: "Source", out: Path | None, *, resume: bool | None) -> Path:
    """Return the run's folder, checked. `resume` of None goes on with a run, and begins one otherwise.

    Raises:
        Usage: it lies among the images, holds something else, or there is nothing to go on with.
    """
    name = Path(source.target).name or "images"
    run = (Path(f"{name}-run") if out is None else out).absolute()
    if run.resolve().is_relative_to(source.folder.resolve()):
        raise Usage(
            f"'{run}' lies in '{source.folder}', among the images. Name another folder with --out.",
            field="out",
        )
    if run.exists() and not run.is_dir():
        raise Usage(f"'{run}' is a file. Name a folder with --out.", field="out")
    begun = (run / "run.json").is_file()
    if begun and resume is False:
        raise Usage(
            f"'{run}' holds a run already. Go on with it by --resume, or name another folder with --out.",
            field="out",
        )
    if resume and not begun:
        raise Usage(f"There is no run in '{run}' to go on with.", field="resume")
    if not begun and run.is_dir() and any(run.iterdir()):
        raise Usage(f"'{run}' is not empty. Name another folder with --out.", field="out")
    return run
