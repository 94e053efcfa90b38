"""`tamis magic`: train on a folder, then curate it by what was learned."""

import typer

from tamis.cli import curate, train
from tamis.cli.options import AsJson, Data
from tamis.cli.output import BAD_FILES

EXAMPLE = "Example: tamis magic photos --keep 200 --minutes 10"


def magic(
    folder: curate.Folder,
    keep: curate.Keep,
    minutes: train.Minutes = None,
    epochs: train.Epochs = None,
    backbone: train.Backbone = None,
    method: train.Method = None,
    augmentation: train.Augmentation = None,
    changes: train.Changes = None,
    strategy: curate.Strategy = "representative",
    name: curate.TagName = None,
    out: curate.Out = None,
    run: train.Out = None,
    seed: train.Seed = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Train a network on the images of a folder, encode them by it, and choose those worth keeping.

    Run again, it goes on where it stopped. It is `tamis train` and then `tamis curate --encoder own:RUN`.
    """
    from tamis.cli import training, training_end, training_processes
    from tamis.cli.training_source import folder_source

    train.need_torch()
    training_processes.refuse_several("`tamis magic`")
    source = folder_source(folder)
    given = {
        "minutes": minutes, "epochs": epochs, "backbone": backbone, "method": method,
        "augmentation": augmentation, "seed": seed,
    }  # fmt: skip
    order = training.Order(
        source=source,
        run=train.place_of_run(source, run, resume=None),
        given={option: value for option, value in given.items() if value is not None},
        changes=tuple(changes or ()),
        labels=None,
    )
    ready = training.prepare(order)
    outcome, verdict = train.run_and_judge(ready)
    if not as_json:
        training_end.print_summary(ready, outcome, verdict)
    curate.curate(
        folder, keep, strategy, f"own:{order.run}",
        name=name, out=out, seed=seed or 0, data=data, as_json=as_json,
    )  # fmt: skip
    if ready.problems:
        raise typer.Exit(BAD_FILES)
