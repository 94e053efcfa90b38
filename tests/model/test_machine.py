"""What a process does with the machine while it starts."""

import gc

import pytest

from tamis.model.machine import loading


def test_garbage_is_not_looked_for_while_modules_are_loaded_and_is_afterwards() -> None:
    with pytest.raises(ImportError, match="no such module"), loading():
        assert not gc.isenabled()
        raise ImportError("no such module")
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
    gc.unfreeze()
