"""A checkpoint is whole or absent, and says in a sentence what is wrong with it."""

import errno
from pathlib import Path
from typing import Any

import pytest
import torch

from tamis.learning.checkpoint import find_checkpoint, has_checkpoint, save_checkpoint
from tamis.model.errors import Invalid, NoSpace

FACTS: dict[str, Any] = {
    "backbone": "small", "dimension": 3, "input_size": 32, "preprocessing": {"size": 32}, "method": "simclr",
    "seed": 0, "step": 7, "epochs": 1.5, "n_images": 20, "pool": "0" * 64, "versions": {}, "settings": {},
}  # fmt: skip
WEIGHTS = {"layer.weight": torch.arange(6.0).reshape(2, 3), "layer.count": torch.tensor(3)}


def test_a_checkpoint_is_what_was_saved(tmp_path: Path) -> None:
    saved = save_checkpoint(tmp_path, FACTS, WEIGHTS, {"seconds": 1.5, "method": WEIGHTS})
    found = find_checkpoint(tmp_path)
    assert found.facts == saved.facts == find_checkpoint(found.folder).facts
    assert torch.equal(found.weights()["layer.weight"], WEIGHTS["layer.weight"])
    assert found.resume_state()["seconds"] == 1.5
    assert found.folder.name == "step-000000007"


def test_a_newer_checkpoint_takes_the_place_of_the_older(tmp_path: Path) -> None:
    for step in (9, 10, 10, 100):
        save_checkpoint(tmp_path, FACTS | {"step": step}, WEIGHTS, {})
    assert find_checkpoint(tmp_path).facts.step == 100
    assert sorted(path.name for path in tmp_path.iterdir()) == ["resume-000000100.pt", "step-000000100"]


def test_what_a_crash_left_half_written_is_passed_over(tmp_path: Path) -> None:
    assert not has_checkpoint(tmp_path)
    save_checkpoint(tmp_path, FACTS, WEIGHTS, {})
    (tmp_path / "step-000000008").mkdir()
    (tmp_path / ".part-1234").mkdir()
    assert find_checkpoint(tmp_path).facts.step == 7


def test_a_full_disk_leaves_the_checkpoint_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_checkpoint(tmp_path, FACTS, WEIGHTS, {})

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(NoSpace, match="what was saved before is whole"):
        save_checkpoint(tmp_path, FACTS | {"step": 8}, WEIGHTS, {})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["resume-000000007.pt", "step-000000007"]


def test_a_folder_without_a_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="There is no checkpoint in"):
        find_checkpoint(tmp_path)


def test_weights_that_were_changed_are_refused(tmp_path: Path) -> None:
    folder = save_checkpoint(tmp_path, FACTS, WEIGHTS, {}).folder
    path = folder / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(Invalid, match="damaged or was replaced"):
        find_checkpoint(folder).weights()
    path.unlink()
    with pytest.raises(Invalid, match="cannot be read"):
        find_checkpoint(folder).weights()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("{", "does not describe"), ('{"format": 1}', "does not describe"), (None, "has format 99")],
)
def test_facts_of_something_else_are_refused(tmp_path: Path, content: str | None, sentence: str) -> None:
    folder = save_checkpoint(tmp_path, FACTS | {"format": 99}, WEIGHTS, {}).folder
    if content is not None:
        (folder / "checkpoint.json").write_text(content)
    with pytest.raises(Invalid, match=sentence):
        find_checkpoint(folder)


def test_facts_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    """Else the vectors would be made at another size than is kept with them."""
    file = save_checkpoint(tmp_path, FACTS, WEIGHTS, {}).folder / "checkpoint.json"
    file.write_text(file.read_text().replace('"input_size": 32', '"input_size": 64'))
    with pytest.raises(Invalid, match="input_size is 64, and preprocessing was 32"):
        find_checkpoint(tmp_path)


def test_a_damaged_resume_file_is_refused(tmp_path: Path) -> None:
    found = save_checkpoint(tmp_path, FACTS, WEIGHTS, {})
    (tmp_path / "resume-000000007.pt").write_bytes(b"not torch")
    with pytest.raises(Invalid, match="this run cannot go on"):
        found.resume_state()
