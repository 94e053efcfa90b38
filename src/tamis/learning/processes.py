"""Several processes that train one network: started by torchrun, they share batches and gradients."""

import contextlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, distributed


@dataclass(frozen=True)
class Group:
    """This process among its peers."""

    rank: int
    world: int

    def average(self, parameters: Iterable[Tensor]) -> None:
        """Put the mean of all processes' gradients in place of each; one message for all of them."""
        if self.world == 1:
            return
        gradients = [one.grad for one in parameters if one.grad is not None]
        flat = torch.cat([gradient.reshape(-1) for gradient in gradients])
        distributed.all_reduce(flat)
        flat /= self.world
        parts = torch.split(flat, [one.numel() for one in gradients])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))

    def agree(self, fraction: float, stop: bool) -> tuple[float, bool]:
        """Return the first process's fraction, and whether any process is to stop: the same everywhere."""
        if self.world == 1:
            return fraction, stop
        device = "cuda" if distributed.get_backend() == "nccl" else "cpu"
        told = torch.tensor(
            [fraction if self.rank == 0 else 0.0, float(stop)], dtype=torch.float64, device=device
        )
        distributed.all_reduce(told)
        return float(told[0]), bool(told[1] > 0)

    def wait(self) -> None:
        """Wait for the others."""
        if self.world > 1:
            distributed.barrier()


@contextlib.contextmanager
def group() -> Iterator[Group]:
    """Join the processes that torchrun has started; alone where there are none."""
    world = int(os.environ.get("WORLD_SIZE", "1"))
    if world == 1:
        yield Group(0, 1)
        return
    distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    try:
        yield Group(distributed.get_rank(), distributed.get_world_size())
    finally:
        distributed.destroy_process_group()


def device_of_this_process() -> torch.device:
    """Return this process's own GPU where there is one, else the processor."""
    if not torch.cuda.is_available():
        return torch.device("cpu")
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    torch.cuda.set_device(device)
    return device
