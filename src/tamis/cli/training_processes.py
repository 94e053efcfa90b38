"""Training over the processes that torchrun starts: the first prepares, prints, saves and judges; the others
only learn."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tamis.cli import training
from tamis.cli.output import Usage
from tamis.cli.training_weights import first_weights
from tamis.model.errors import Invalid

if TYPE_CHECKING:
    from tamis.learning.processes import Group


def is_one_of_several() -> bool:
    """Tell whether torchrun has started this process with others."""
    return os.environ.get("WORLD_SIZE", "1") != "1"


def refuse_several(command: str) -> None:
    """Refuse to run a command in several processes.

    Raises:
        Usage: torchrun has started them.
    """
    if is_one_of_several():
        raise Usage(
            f"{command} runs in one process. Start `tamis train` by torchrun, then run "
            "`tamis curate DIR --keep N --encoder own:RUN` by itself."
        )


def lead(peers: "Group", prepare: "Callable[[], training.Ready]") -> "training.Ready":
    """Prepare a run and tell the others of it; a failure ends them, too."""
    try:
        ready = prepare()
    except BaseException:
        peers.share(None)
        raise
    peers.share(json.dumps({"run": str(ready.order.run), "sources": ready.sources}))
    return ready


def follow(peers: "Group") -> None:
    """Take part in the run that the first process has prepared; end quietly if it has failed, and said so.

    Raises:
        Invalid: the folder of the run is not to be seen from here.
    """
    from tamis.learning.feed import open_pool
    from tamis.learning.settings import TrainingSettings
    from tamis.learning.train import train

    told = peers.share(None)
    if told is None:
        return
    facts = json.loads(told)
    run = Path(facts["run"])
    try:
        settings = TrainingSettings.model_validate_json((run / training.SETTINGS).read_bytes())
    except FileNotFoundError as error:
        raise _not_seen(run) from error
    pool = open_pool(run / training.POOL, training.side_of(settings), facts["sources"])
    if pool is None:
        raise _not_seen(run)
    with training.signals_heard() as stop:
        train(pool, settings, run, weights=first_weights(settings, run), stop=stop)


def _not_seen(run: Path) -> Invalid:
    return Invalid(
        f"The run in '{run}' is not to be seen from this process. All of them need the same folder: name one "
        "on a shared disk with --out."
    )
