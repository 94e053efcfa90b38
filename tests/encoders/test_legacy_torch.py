"""S-14: a weights file that asks for code to run is refused, and nothing runs."""

import os
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tamis.encoders import lite0
from tamis.encoders.conversion.legacy_torch import read_legacy
from tamis.model.errors import Invalid


class Command:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self.path),)


class Tensor:
    """Pickles as torch's tensor does, with any window one likes."""

    def __init__(self, offset: int, size: tuple[int, ...], stride: tuple[int, ...]) -> None:
        self.view = (offset, size, stride)


def legacy_file(state: object, stored: bytes = np.arange(6, dtype="<f4").tobytes(), count: int = 6) -> bytes:
    """Write torch's old format by hand, in protocol 2 opcodes where a tensor is concerned."""
    head = b"".join(pickle.dumps(part, 2) for part in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}))
    if isinstance(state, Tensor):
        offset, size, stride = state.view
        tensor = (
            b"ctorch._utils\n_rebuild_tensor_v2\n(("
            b"X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpu"
            + pickle.dumps(count, 2)[2:-1]
            + b"NtQ"
            + b"".join(pickle.dumps(part, 2)[2:-1].replace(b"q\x00", b"") for part in (offset, size, stride))
            + b"\x89ccollections\nOrderedDict\n)RtR"
        )
        body = b"\x80\x02ccollections\nOrderedDict\n)RX\x01\x00\x00\x00w" + tensor + b"s."
    else:
        body = pickle.dumps(state, 2)
    return head + body + pickle.dumps(["0"], 2) + count.to_bytes(8, "little") + stored


def test_a_tensor_keeps_its_strides() -> None:
    arrays = read_legacy(legacy_file(Tensor(0, (3, 2), (1, 3))))
    assert arrays["w"].tolist() == [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]


@pytest.mark.parametrize("place", ["first", "state"])
def test_s14_a_malicious_pickle_is_refused_and_not_run(tmp_path: Path, place: str) -> None:
    target = tmp_path / "owned"
    attack = pickle.dumps(Command(target), 2)
    content = attack if place == "first" else legacy_file({"w": Command(target)})
    with pytest.raises(Invalid, match=r"asks for .*mkdir"):
        read_legacy(content)
    assert not target.exists()


@pytest.mark.parametrize(
    "name", ["builtins\neval", "os\nsystem", "torch\nload", "torch._utils\n_rebuild_parameter"]
)
def test_s14_only_four_names_are_admitted(name: str) -> None:
    with pytest.raises(Invalid, match="asks for"):
        read_legacy(f"c{name}\n.".encode())


@pytest.mark.parametrize(
    "tensor",
    [
        Tensor(0, (7,), (1,)),
        Tensor(-1, (2,), (1,)),
        Tensor(0, (2,), (-1,)),
        Tensor(0, (3, 3), (3, 1)),
        Tensor(5, (2,), (1,)),
    ],
)
def test_s14_a_tensor_may_not_reach_beyond_its_storage(tensor: Tensor) -> None:
    with pytest.raises(Invalid, match="tensor"):
        read_legacy(legacy_file(tensor))


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04 a zip file", legacy_file(Tensor(0, (6,), (1,)))[:-3], legacy_file([1, 2])],
    ids=["empty", "zip", "cut", "list"],
)
def test_other_files_are_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="no weights file"):
        read_legacy(content)


def test_both_readers_read_the_published_weights_alike(
    read_weights: Callable[[bytes], dict[str, np.ndarray]],
) -> None:
    content = lite0.published_weights()
    ours, theirs = read_legacy(content), read_weights(content)
    assert list(ours) == list(theirs)
    assert all(np.array_equal(ours[name], theirs[name]) for name in ours)
    assert sum(value.size for name, value in ours.items() if "running" not in name) > 4_600_000
