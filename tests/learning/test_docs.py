"""The page about learning names every method and every network."""

from pathlib import Path

from tamis.learning.augmentation import PRESETS
from tamis.learning.backbones import backbone_names
from tamis.learning.methods import method_names

PAGE = Path(__file__).resolve().parents[2] / "docs/learning.md"


def test_every_method_network_and_preset_is_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    names = [*method_names(), *backbone_names(), *PRESETS]
    assert [name for name in names if f"`{name}`" not in text and name != "shrinking"] == []
