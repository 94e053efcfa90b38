"""Checkpoints: a folder of weights and facts, published by one rename, and beside it what is needed to go on.

A run folder holds `step-000000120/` and `resume-000000120.pt`. New ones are complete before they get their
names, and the older ones go only then, so a crash at any moment leaves a checkpoint that is whole.
"""

import hashlib
import io
import os
import pickle
import re
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

import torch
from pydantic import ValidationError, model_validator
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from tamis.learning.files import no_space_told, write_whole
from tamis.model.digest import Json
from tamis.model.errors import Invalid
from tamis.model.noun import Digest, Noun

FORMAT = 1
WEIGHTS, FACTS = "weights.safetensors", "checkpoint.json"
_STEP = re.compile(r"step-(\d+)")


class CheckpointFacts(Noun):
    """What a checkpoint is: enough to encode with it, and to say where it came from.

    `weights` is the SHA-256 of the weights file; `settings` are those of the whole run. `precision` is what
    the backbone multiplied in while it was trained; the weights themselves are float32.
    """

    format: int = FORMAT
    backbone: str
    dimension: int
    input_size: int
    preprocessing: dict[str, Json]
    method: str
    seed: int
    precision: Literal["float32", "bfloat16"] = "float32"
    step: int
    epochs: float
    n_images: int
    pool: str
    weights: Digest
    versions: dict[str, str]
    settings: dict[str, Json]

    @model_validator(mode="after")
    def _one_size(self) -> Self:
        if self.preprocessing.get("size") != self.input_size:
            raise ValueError(
                f"input_size is {self.input_size}, and preprocessing was {self.preprocessing.get('size')}"
            )
        return self


class Checkpoint:
    """An opened checkpoint; reading its weights checks their hash."""

    def __init__(self, folder: Path, facts: CheckpointFacts) -> None:
        self.folder, self.facts = folder, facts

    def weights(self) -> dict[str, Tensor]:
        """Return the backbone's state.

        Raises:
            Invalid: the file is missing, damaged or not the one that was saved.
        """
        path = self.folder / WEIGHTS
        try:
            content = path.read_bytes()
        except OSError as error:
            raise Invalid(f"'{path}' cannot be read: {error.strerror}.") from error
        found = hashlib.sha256(content).hexdigest()
        if found != self.facts.weights:
            raise Invalid(
                f"'{path}' has the SHA-256 {found[:16]}..., not {self.facts.weights[:16]}... as '{FACTS}' "
                "says: it is damaged or was replaced. Use another checkpoint."
            )
        try:
            return load(content)
        except SafetensorError as error:
            raise Invalid(f"'{path}' is no safetensors file: {error}.") from error

    def resume_state(self) -> dict[str, Any]:
        """Return what training needs to go on: the states of method and optimizer, and the time spent.

        Raises:
            Invalid: there is no such file, or it is damaged.
        """
        path = _resume_path(self.folder)
        try:
            state = torch.load(path, map_location="cpu", weights_only=True)
        except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
            raise Invalid(
                f"'{path}' cannot be read, so this run cannot go on. Train anew with another --out."
            ) from error
        if not isinstance(state, dict):
            raise Invalid(f"'{path}' is not what training has saved.")
        return state


def find_checkpoint(path: Path) -> Checkpoint:
    """Open a checkpoint by its folder, or the newest one of a run by the run's folder.

    Raises:
        Invalid: there is none, or it is not one that this version reads.
    """
    folders = [path] if (path / FACTS).is_file() else _steps(path)
    if not folders:
        raise Invalid(
            f"There is no checkpoint in '{path}'. Name the folder that `tamis train --out` wrote, or one of "
            f"its step-... folders.",
            field="checkpoint",
        )
    source = folders[-1] / FACTS
    try:
        facts = CheckpointFacts.model_validate_json(source.read_bytes())
    except OSError as error:
        raise Invalid(f"'{source}' cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        raise Invalid(
            f"'{source}' does not describe a checkpoint of Tamis: {error.errors()[0]['msg']}."
        ) from error
    if facts.format != FORMAT:
        raise Invalid(f"'{source}' has format {facts.format}; this version of Tamis reads {FORMAT}.")
    return Checkpoint(folders[-1], facts)


def has_checkpoint(run: Path) -> bool:
    """Tell whether a run has saved anything."""
    return bool(_steps(run))


def save_checkpoint(
    run: Path, facts: Mapping[str, Any], backbone: Mapping[str, Tensor], resume: Mapping[str, Any]
) -> Checkpoint:
    """Save a step of a run and remove the older ones. `facts` are those of CheckpointFacts but `weights`.

    Raises:
        NoSpace: the disk is full; the checkpoint before is left as it was.
    """
    content = save({name: tensor.detach().cpu().contiguous() for name, tensor in backbone.items()})
    known = CheckpointFacts(**facts, weights=hashlib.sha256(content).hexdigest())
    folder = run / f"step-{known.step:09d}"
    if not folder.exists():
        part = run / f".part-{secrets.token_hex(4)}"
        sink = io.BytesIO()
        torch.save(dict(resume), sink)
        try:
            with no_space_told(run):
                part.mkdir(parents=True)
            write_whole(part / WEIGHTS, content)
            write_whole(_resume_path(folder), sink.getvalue())
            write_whole(part / FACTS, known.model_dump_json(indent=2).encode())
            part.rename(folder)
            _sync(run)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    for older in _steps(run)[:-1]:
        shutil.rmtree(older, ignore_errors=True)
        _resume_path(older).unlink(missing_ok=True)
    return Checkpoint(folder, known)


def _resume_path(step: Path) -> Path:
    return step.parent / f"resume-{step.name.removeprefix('step-')}.pt"


def _steps(run: Path) -> list[Path]:
    found = [path for path in run.glob("step-*") if _STEP.fullmatch(path.name) and (path / FACTS).is_file()]
    return sorted(found, key=lambda path: int(path.name.removeprefix("step-")))


def _sync(folder: Path) -> None:
    if os.name == "nt":  # there folders cannot be opened
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
