"""Wrong input is refused with what, which value and where; numba loads only when a kernel is needed."""

import subprocess
import sys

import numpy as np
import pytest

from tamis.model.errors import Invalid
from tamis.selection import Strategy, parse_strategy, rank, strategies
from tamis.selection.strategies.coreset import Coreset

GOOD = np.eye(6, dtype=np.float32)

WRONG = {
    "one dimension": (lambda: rank(np.zeros(5)), "shape"),
    "three dimensions": (lambda: rank(np.zeros((2, 2, 2))), "shape"),
    "integers": (lambda: rank(np.zeros((5, 2), int)), "must be floats, not int64"),
    "complex numbers": (lambda: rank(np.zeros((5, 2), complex)), "must be floats"),
    "words": (lambda: rank([["a", "b"]]), "must be floats"),
    "ragged rows": (lambda: rank([[1.0], [1.0, 2.0]]), "cannot be read"),
    "no samples": (lambda: rank(np.zeros((0, 4))), "hold no samples"),
    "no dimensions": (lambda: rank(np.zeros((4, 0))), "no dimensions"),
    "too large": (lambda: rank(np.full((3, 2), 1e20)), "position 0, 1, 2"),
    "k = 0": (lambda: rank(GOOD, n_samples=0), "at least 1, not 0"),
    "k < 0": (lambda: rank(GOOD, n_samples=-1), "must not be negative"),
    "k > n": (lambda: rank(GOOD, n_samples=7), "n_samples is 7, but there are 6"),
    "k over what is left": (lambda: rank(GOOD, n_samples=5, preselected=[0, 1]), "is 5, but there are 4"),
    "k = 1.5": (lambda: rank(GOOD, n_samples=1.5), "must be an integer"),
    "k = True": (lambda: rank(GOOD, n_samples=True), "must be an integer"),
    "preselected out of range": (
        lambda: rank(GOOD, preselected=[6]),
        "hold 6, but positions run from 0",
    ),
    "preselected below zero": (lambda: rank(GOOD, preselected=[-1]), "hold -1"),
    "preselected far out": (lambda: rank(GOOD, preselected=np.array([2**64 - 1], np.uint64)), "hold"),
    "preselected twice": (lambda: rank(GOOD, preselected=[3, 3]), "hold position 3 more than once"),
    "preselected a mask": (lambda: rank(GOOD, preselected=np.ones(6, bool)), "list of positions, not bool"),
    "everything preselected": (lambda: rank(GOOD, preselected=range(6)), "nothing to choose from"),
    "candidates twice": (lambda: rank(GOOD, candidates=[1, 1]), "candidates hold position 1"),
    "no candidates": (lambda: rank(GOOD, candidates=[]), "nothing to choose from"),
    "seed of words": (lambda: rank(GOOD, seed="a"), "seed must be an integer"),
    "too few scores": (lambda: rank(GOOD, scores=[1.0]), "scores must be 6 numbers"),
    "scores with NaN": (lambda: rank(GOOD, scores=[1, 2, np.nan, 1, 1, 1]), "position 2"),
    "labels of floats": (lambda: rank(GOOD, labels=np.zeros(6)), "labels must be 6 integers"),
    "strategy misspelt": (lambda: rank(GOOD, "corset"), "no strategy 'corset'. Did you mean 'coreset'"),
    "strategy unheard of": (lambda: rank(GOOD, "zzz"), "There are: .*coreset, .*random, representative"),
    "strategy without name": (lambda: rank(GOOD, {"minimum_distance": 1}), "no strategy None"),
    "parameter out of range": (
        lambda: rank(GOOD, {"strategy": "coreset", "minimum_distance": -1}),
        "'minimum_distance' of the strategy 'coreset' is wrong",
    ),
    "parameter NaN": (
        lambda: rank(GOOD, {"strategy": "coreset", "minimum_distance": float("nan")}),
        "'minimum_distance'",
    ),
    "parameter unknown": (lambda: rank(GOOD, {"strategy": "random", "speed": 1}), "'speed' of the strategy"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_input_is_refused(name):
    call, says = WRONG[name]
    with pytest.raises(Invalid, match=says):
        call()


def test_a_name_a_mapping_and_an_object_are_the_same_strategy():
    assert parse_strategy("coreset") == parse_strategy({"strategy": "coreset"}) == Coreset()


def test_a_name_can_be_taken_once():
    from typing import Literal

    with pytest.raises(TypeError, match="'random' is taken by Random"):

        class Other(Strategy):
            strategy: Literal["random"] = "random"

    assert strategies["random"].__name__ == "Random"


def test_many_bad_rows_are_counted():
    with pytest.raises(Invalid, match="position 0, 1, 2, 3, 4 and 15 more"):
        rank(np.full((20, 3), np.nan))


def test_importing_selection_loads_no_compiler():
    heavy = {"numba", "llvmlite", "scipy", "sklearn", "fastapi", "sqlalchemy", "torch"}
    code = f"import sys, tamis.selection; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_compiled_code_goes_to_the_named_folder(tmp_path):
    code = (
        "import numpy, tamis.selection as s; s.coverage(numpy.eye(3), [0], [1], threads=1); "
        "from numba.core import config; print(repr(config.CACHE_DIR))"
    )
    environment = {"NUMBA_CACHE_DIR": str(tmp_path), "PATH": "/usr/bin"}
    subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert list(tmp_path.rglob("nearest._approach*.nbc"))


def test_the_cache_of_other_code_stays_where_it_was():
    code = (
        "import os; os.environ.pop('NUMBA_CACHE_DIR', None); import tamis.selection.kernels.farthest; "
        "from numba.core import config; print(repr(config.CACHE_DIR))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "''"
