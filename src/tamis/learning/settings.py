"""What a run of training is told: nothing else decides its outcome but the images."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tamis.learning.augmentation import Augmentation
from tamis.model.noun import Noun


class TrainingSettings(Noun):
    """Exactly one of `epochs`, `steps` and `minutes` is the budget. A budget of minutes ends at a step that
    depends on the machine; the other two give the same weights again.

    `parameters` are the method's own, such as `temperature`. `threads` is how many one step may use on the
    processor; None leaves torch's own number. `bottleneck` learns so few features along with the backbone's,
    as the classic package did; to reduce them afterwards needs no such layer (docs/benchmarks.md).
    `weights` names what the backbone begins with, a file or a run; None leaves it to chance, or to those that
    come with `lite0`. `precision` is what the backbone multiplies in: with "auto" in bfloat16 where that is
    faster, which the device decides; "float32" leaves nothing to it.
    """

    method: str = "simclr"
    backbone: str = "resnet18"
    bottleneck: Annotated[int, Field(ge=2, le=1024)] | None = None
    weights: str | None = None
    input_size: Annotated[int, Field(ge=16, le=1024)] = 64
    batch_size: Annotated[int, Field(ge=2, le=65_536)] = 128
    epochs: Annotated[int, Field(ge=1)] | None = None
    steps: Annotated[int, Field(ge=1)] | None = None
    minutes: Annotated[float, Field(gt=0)] | None = None
    learning_rate: Annotated[float, Field(gt=0)] = 1e-3
    weight_decay: Annotated[float, Field(ge=0)] = 0.05
    parameters: dict[str, float] = Field(default_factory=dict)
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    augmentation: Augmentation = Augmentation()
    threads: Annotated[int, Field(ge=1)] | None = None
    precision: Literal["auto", "float32"] = "auto"

    @model_validator(mode="after")
    def _one_budget(self) -> Self:
        if sum(budget is not None for budget in (self.epochs, self.steps, self.minutes)) != 1:
            raise ValueError("Give exactly one of epochs, steps and minutes")
        return self
