"""A function of the user's own: every way in which it can be missing or wrong has a sentence."""

from pathlib import Path

import numpy as np
import pytest

from tamis.encoders import open_encoder
from tamis.model.errors import Invalid

HERE = "tests.encoders.networks"


def test_the_function_gets_what_it_asks_for(tmp_path: Path) -> None:
    encoder = open_encoder(f"python:{HERE}:mean_colours", tmp_path)
    pictures = np.random.default_rng(0).integers(0, 256, (20, 16, 16, 3), dtype=np.uint8)
    np.testing.assert_allclose(encoder.encode(pictures), pictures.mean(axis=(1, 2)), rtol=1e-6)
    facts = encoder.facts()
    assert (facts.name, facts.dimension) == (f"python:{HERE}:mean_colours", 3)
    assert (len(facts.weights), facts.preprocessing) == (64, {"color": "rgb", "size": 16})


def test_a_file_in_the_current_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_own_encoder.py").write_text(
        "def encode(images):\n    return images.reshape(len(images), -1)[:, :7]\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [*__import__("sys").path])
    assert open_encoder("python:my_own_encoder:encode", tmp_path).dimension == 7


@pytest.mark.parametrize(
    ("rest", "sentence"),
    [
        (HERE, "names no function"),
        (f"{HERE}:", "names no function"),
        ("no_such_module_of_mine:encode", "no Python module 'no_such_module_of_mine'"),
        (f"{HERE}:nowhere", "has no 'nowhere'"),
        (f"{HERE}:NOTHING", "cannot be called"),
        (f"{HERE}:loses_rows", r"gave the shape \(0, 3\) for 1 pictures"),
        (f"{HERE}:answers_text", "not numbers"),
    ],
)
def test_what_is_no_encoder_is_refused(tmp_path: Path, rest: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        open_encoder(f"python:{rest}", tmp_path)
