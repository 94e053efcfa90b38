"""What a run is made of: the network, its optimizer, one step of them, and their state in a checkpoint."""

import hashlib
import math
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tamis.learning.augment import NORMALISATION, augment
from tamis.learning.backbones import Backbone, channels_last, make_backbone
from tamis.learning.checkpoint import Checkpoint, save_checkpoint
from tamis.learning.encode import encode, resized
from tamis.learning.feed import Batch, Pool, sample_rows
from tamis.learning.health import Health, measure
from tamis.learning.methods import make_method
from tamis.learning.processes import Group
from tamis.learning.schedule import Budget, rate
from tamis.learning.settings import TrainingSettings
from tamis.learning.times import Laps, Times
from tamis.model.errors import Invalid

_ADAPTING = 0.3
"""The learning rate of weights that were learned before, against that of new ones."""
_LOOKED_AT = 512
"""Images that health is measured on; no more are looked at between two epochs."""
_MEASURE_EVERY = 4096
"""Images between two measures of health, in whole epochs."""


class Session:
    """One run in this process, at some step."""

    def __init__(
        self,
        pool: Pool,
        settings: TrainingSettings,
        run: Path,
        device: torch.device,
        peers: Group,
        weights: Mapping[str, NDArray[Any]] | None,
        labels: NDArray[np.int64] | None,
    ) -> None:
        self.pool, self.settings, self.run, self.device, self.peers = pool, settings, run, device, peers
        torch.manual_seed(seed_of(settings.seed, "start"))
        backbone = make_backbone(settings.backbone, settings.bottleneck)
        self.adapts = weights is not None or settings.weights is not None
        if weights is not None:
            backbone.adopt({name: torch.tensor(array) for name, array in weights.items()})
        if self.adapts:
            for module in backbone.early():
                module.requires_grad_(False)
        self.method = make_method(settings, backbone, len(pool))
        faster = settings.precision == "auto" and backbone.prefers_bfloat16(device)
        self._multiply_in(peers.share("bfloat16" if faster else "float32"))  # as the first process does
        self.method.to(device)
        channels_last(self.method)
        self.backbone = backbone
        if device.type == "cuda":
            self.backbone.compile()
        self.optimizer = torch.optim.AdamW(self._groups(), fused=True)
        self.step = 0
        self._laps = Laps(device)
        self._seen = sample_rows(len(pool), _LOOKED_AT, settings.seed)
        self._labels = None if labels is None else torch.from_numpy(labels[self._seen])
        self.epoch_steps = max(1, len(pool) // min(settings.batch_size, len(pool)))
        steps = settings.steps if settings.epochs is None else settings.epochs * self.epoch_steps
        self.budget = Budget(steps, None if settings.minutes is None else 60 * settings.minutes)

    def _groups(self) -> list[dict[str, Any]]:
        """Group the parameters by rate and decay: weights that were learned before move slower, and
        biases and norms do not decay."""
        groups: dict[tuple[float, float], list[nn.Parameter]] = {}
        own = {id(parameter) for parameter in self.backbone.parameters()}
        for parameter in self.method.parameters():
            if parameter.requires_grad:
                slower = _ADAPTING if self.adapts and id(parameter) in own else 1.0
                decay = self.settings.weight_decay if parameter.ndim > 1 else 0.0
                groups.setdefault((slower, decay), []).append(parameter)
        return [
            {"params": group, "weight_decay": decay, "slower": slower, "lr": self.settings.learning_rate}
            for (slower, decay), group in groups.items()
        ]

    def _multiply_in(self, precision: str | None) -> None:
        """Set what the backbone multiplies in, and so does a teacher's copy of it."""
        for module in self.method.modules():
            if isinstance(module, Backbone):
                module.mixed_precision = precision == "bfloat16"

    def begin(self) -> None:
        """Do what comes before the first step: let the method look at the images as they are."""
        if self.adapts:
            size = self.settings.input_size
            parts = [
                encode(
                    self.backbone,
                    resized(torch.from_numpy(np.array(self.pool.images[start : start + 256])), size).numpy(),
                )
                for start in range(0, len(self.pool), 256)
            ]
            self.method.imprint(torch.from_numpy(np.concatenate(parts)).to(self.device))

    @property
    def health_steps(self) -> int:
        """Return after how many steps health is measured: whole epochs, and not too few images."""
        epochs = -(-_MEASURE_EVERY // len(self.pool))
        return epochs * self.epoch_steps

    def learn(self, batch: Batch, fraction: float, times: Times) -> float:
        """Take one step of the optimizer and return the loss; count what its parts took.

        Where the loss or its gradient is no longer a number, NaN is returned and no step is taken, in all
        processes: the weights stay as they were.
        """
        self._laps.begin()
        generator = torch.Generator(self.device)
        generator.manual_seed(seed_of(self.settings.seed, "augment", self.step, self.peers.rank))
        torch.manual_seed(seed_of(self.settings.seed, "step", self.step, self.peers.rank))
        images = torch.from_numpy(batch.images).to(self.device, non_blocking=True)
        views = [self._view(images, generator) for _ in range(self.method.n_views)]
        self._laps.end("augment")
        for group in self.optimizer.param_groups:
            group["lr"] = self.settings.learning_rate * group["slower"] * rate(fraction)
        self.method.train()
        if self.adapts:
            _keep_norms(self.backbone)
        before = [buffer.clone() for buffer in self.method.buffers()]
        loss = self.method.loss(views, torch.from_numpy(batch.rows).to(self.device))
        self._laps.end("forward")
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        value = float(loss.detach())
        if not math.isfinite(value):
            _spoil(self.method)  # so that the others hear of it with the gradients
        self.peers.average(self.method.parameters())
        length = nn.utils.clip_grad_norm_(self.method.parameters(), 5.0)
        if not math.isfinite(length):
            for buffer, kept in zip(self.method.buffers(), before, strict=True):
                buffer.copy_(kept)
            return math.nan
        self.optimizer.step()
        self.method.after_step(fraction)
        self.step += 1
        self._laps.end("backward")
        times.add(self._laps.seconds(), len(batch.rows) * self.peers.world)
        return value

    def measure(self) -> Health:
        """Measure the features of the same few images each time, with the same augmentation."""
        images = torch.from_numpy(np.ascontiguousarray(self.pool.images[self._seen]))
        features = []
        self.method.eval()
        with torch.inference_mode():
            for number in (1, 2):
                generator = torch.Generator(self.device)
                generator.manual_seed(seed_of(self.settings.seed, "health", number))
                parts = [
                    self.backbone(self._view(part.to(self.device), generator)).cpu()
                    for part in torch.split(images, 64)
                ]
                features.append(torch.cat(parts))
        plain = encode(self.backbone, resized(images, self.settings.input_size).numpy())
        return measure(features[0], features[1], self._labels, torch.from_numpy(plain))

    def _view(self, images: Tensor, generator: torch.Generator) -> Tensor:
        view: Tensor = augment(images, self.settings.augmentation, self.settings.input_size, generator)
        return view.contiguous(memory_format=torch.channels_last)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on where a checkpoint was saved.

        Raises:
            Invalid: it is of other images or other settings.
        """
        facts = checkpoint.facts
        if facts.pool != self.pool.digest:
            raise Invalid(
                f"The images have changed since the run in '{self.run}' was started, so it cannot go on. "
                "Train anew with another --out."
            )
        if TrainingSettings.model_validate(facts.settings) != self.settings:
            raise Invalid(
                f"The run in '{self.run}' was started with other settings. Train anew with another --out."
            )
        state = checkpoint.resume_state()
        self._multiply_in(facts.precision)  # as it began, on whatever machine it goes on
        self.method.load_state_dict(state["method"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.budget.spent = state["seconds"]
        self.step = facts.step

    def save(self) -> Checkpoint:
        """Save all that is needed to encode and to go on."""
        settings = self.settings
        facts = {
            "backbone": settings.backbone,
            "dimension": self.backbone.dimension,
            "input_size": settings.input_size,
            "preprocessing": {"color": "rgb", "size": settings.input_size, **NORMALISATION},
            "method": settings.method,
            "seed": settings.seed,
            "precision": "bfloat16" if self.backbone.mixed_precision else "float32",
            "step": self.step,
            "epochs": self.step / self.epoch_steps,
            "n_images": len(self.pool),
            "pool": self.pool.digest,
            "versions": {
                "tamis": version("tamis"),
                "torch": torch.__version__,
                "python": platform.python_version(),
            },
            "settings": settings.model_dump(mode="json"),
        }
        resume: dict[str, Any] = {
            "method": self.method.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "seconds": self.budget.elapsed(),
        }
        return save_checkpoint(self.run, facts, self.backbone.state_dict(), resume)


def seed_of(seed: int, *words: str | int) -> int:
    """Return a seed of 63 bits for one use of chance, so that no use of it depends on another."""
    text = "/".join(map(str, (seed, *words))).encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "little") >> 1


def _spoil(method: nn.Module) -> None:
    for parameter in method.parameters():
        if parameter.grad is not None:
            parameter.grad.fill_(math.nan)


def _keep_norms(backbone: nn.Module) -> None:
    """Leave the statistics of batch norms as they were learned: a batch of few images tells them worse."""
    for module in backbone.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.eval()
