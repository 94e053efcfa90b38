"""Several processes that train one network: started by torchrun, they share batches and gradients."""

import contextlib
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import torch
from torch import Tensor, distributed
from torch.distributed import distributed_c10d

from tamis.model.errors import Invalid, Unavailable

_PATIENCE = timedelta(days=1)
"""The first process reads all images, measures and saves while the others wait; one that dies is noticed at
once."""
_LONGEST_SECONDS = 10.0


@dataclass(frozen=True)
class Group:
    """This process among its peers. Every method must be called by all of them, in the same order.

    Raises:
        Unavailable: from every method, when another process has ended.
    """

    rank: int
    world: int

    @property
    def is_first(self) -> bool:
        """Whether this is the process that prepares, prints and saves."""
        return self.rank == 0

    def average(self, parameters: Iterable[Tensor]) -> None:
        """Put the mean of all processes' gradients in place of each; one message for all of them."""
        if self.world == 1:
            return
        gradients = [one.grad for one in parameters if one.grad is not None]
        flat = torch.cat([gradient.reshape(-1) for gradient in gradients])
        with _end_told():
            distributed.all_reduce(flat)
        flat /= self.world
        parts = torch.split(flat, [one.numel() for one in gradients])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))

    def agree(self, fraction: float, stop: bool, save: bool) -> tuple[float, bool, bool]:
        """Return the first process's fraction, whether any is to stop, and whether the first is to save.

        So the answer is the same everywhere.
        """
        if self.world == 1:
            return fraction, stop, save
        own = [fraction, float(stop), float(save)] if self.is_first else [0.0, float(stop), 0.0]
        told = torch.tensor(own, dtype=torch.float64)
        with _end_told():
            distributed.all_reduce(told)
        return float(told[0]), bool(told[1] > 0), bool(told[2] > 0)

    def share(self, text: str | None) -> str | None:
        """Return what the first process gives, everywhere; wait until it comes."""
        if self.world == 1:
            return text
        given = [text]
        with _end_told():
            distributed.broadcast_object_list(given, src=0, device=torch.device("cpu"))
        return given[0]

    def wait(self) -> None:
        """Wait for the others; each may end then."""
        if self.world > 1:
            with _end_told():
                distributed.all_reduce(torch.zeros(1))
            _let_all_arrive(self.world)


def _let_all_arrive(world: int) -> None:
    """Hold a process back until all have what came over their connections: one that ends closes them, and a
    slower one would take that for a crash. The store counts, which needs none of them."""
    store = distributed_c10d._get_default_store()
    until = time.monotonic() + _LONGEST_SECONDS
    with contextlib.suppress(RuntimeError):  # the store has ended, and with it the need for it
        number = store.add("arrived", 1)
        everyone = -(-number // world) * world
        while store.add("arrived", 0) < everyone and time.monotonic() < until:
            time.sleep(0.005)


@contextlib.contextmanager
def _end_told() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        raise Unavailable(
            "Another process of this training has ended, so this one does, too. What was saved is whole; go "
            "on from there with --resume."
        ) from error


@contextlib.contextmanager
def group() -> Iterator[Group]:
    """Join the processes that torchrun has started, unless that has been done; alone where there are none.

    Raises:
        Unavailable: WORLD_SIZE promises others, but they are not found.
    """
    world = int(os.environ.get("WORLD_SIZE", "1"))
    if world == 1:
        yield Group(0, 1)
        return
    if distributed.is_initialized():
        yield Group(distributed.get_rank(), distributed.get_world_size())
        return
    try:
        # What is said about the work goes over the processor, also where gradients go from GPU to GPU.
        backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
        distributed.init_process_group(backend, timeout=_PATIENCE)
    except (ValueError, RuntimeError) as error:
        raise Unavailable(
            f"WORLD_SIZE is {world}, but the processes do not find each other: {error}. Start them by "
            "torchrun, or unset WORLD_SIZE."
        ) from error
    try:
        yield Group(distributed.get_rank(), distributed.get_world_size())
    finally:
        distributed.destroy_process_group()


def device_of_this_process() -> torch.device:
    """Return this process's own GPU where there is one, else the processor.

    Raises:
        Invalid: there are more processes than GPUs.
    """
    if not torch.cuda.is_available():
        return torch.device("cpu")
    number, gpus = int(os.environ.get("LOCAL_RANK", "0")), torch.cuda.device_count()
    if number >= gpus:
        raise Invalid(
            f"This is process {number + 1} on this machine, which has {gpus} GPU{'s' if gpus > 1 else ''}. "
            f"Start as many processes as there are GPUs: --nproc-per-node {gpus}."
        )
    device = torch.device("cuda", number)
    torch.cuda.set_device(device)
    return device
