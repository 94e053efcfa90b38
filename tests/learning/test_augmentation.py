"""The switches by name: presets, one strength changed, and what is said of them."""

import pytest

from tamis.learning.augmentation import PRESETS, changed, preset
from tamis.model.errors import Invalid


def test_one_strength_is_changed_by_its_name() -> None:
    made = changed(preset("natural"), "jitter.hue", 0)
    assert made.jitter.hue == 0
    assert made.model_copy(update={"jitter": preset("natural").jitter}) == preset("natural")


def test_what_does_not_exist_is_refused_with_what_does() -> None:
    with pytest.raises(Invalid, match=r"no 'jitter.huge'.*jitter.hue"):
        changed(preset("natural"), "jitter.huge", 0)
    with pytest.raises(Invalid, match=r"jitter.hue cannot be 7"):
        changed(preset("natural"), "jitter.hue", 7)
    with pytest.raises(Invalid, match="There are: natural"):
        preset("unnatural")


def test_a_preset_keeps_what_its_name_promises() -> None:
    assert set(PRESETS) == {"natural", "color-matters", "texture", "aerial", "medical", "none"}
    for name in ("color-matters", "medical"):
        kept = PRESETS[name]
        assert kept.gray.probability == kept.solarize.probability == kept.jitter.hue == 0
        assert kept.jitter.saturation == 0
    assert PRESETS["texture"].blur.probability == 0
    assert PRESETS["aerial"].rotation.quarter_turns and PRESETS["aerial"].vflip.probability == 0.5


def test_the_switches_are_told_in_a_line() -> None:
    assert PRESETS["natural"].told() == "How often: crop 100%, hflip 50%, jitter 80%, gray 20%, blur 30%"
    assert PRESETS["none"].told() == "No change at all"
