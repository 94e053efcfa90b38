"""The local engine: order, deaths of every kind, limits, and nothing left behind."""

import pickle
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tamis.engine import wire
from tamis.engine.base import Died, EngineBrokenError, EngineStoppedError, FunctionFailedError
from tamis.engine.local import LocalEngine
from tests.engine import functions

ROOT = Path(__file__).resolve().parents[2]
MEMORY = 512 * 2**20


@pytest.fixture
def engine() -> Iterator[LocalEngine]:
    with LocalEngine(2, memory_bytes=MEMORY, timeout_seconds=30) as engine:
        yield engine


def wait_until_gone(process_id: int) -> None:
    deadline = time.monotonic() + 20
    while psutil.pid_exists(process_id):
        try:
            if psutil.Process(process_id).status() == psutil.STATUS_ZOMBIE:
                return
        except psutil.NoSuchProcess:
            return
        assert time.monotonic() < deadline, f"process {process_id} lives on"
        time.sleep(0.02)


def wait_for_file(path: Path) -> str:
    deadline = time.monotonic() + 20
    while not (path.exists() and path.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return path.read_text()


def take_until_stopped(outcomes: Iterator[object]) -> None:
    with pytest.raises(EngineStoppedError):
        next(outcomes)


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_the_outcomes_come_in_the_order_of_the_shards(processes: int) -> None:
    delays = [0.05, 0.0, 0.02, 0.0, 0.01, 0.0, 0.0]
    with LocalEngine(processes) as engine:
        assert list(engine.map(functions.sleep, delays)) == delays


def test_no_shards_no_outcomes_and_no_child(engine: LocalEngine) -> None:
    assert list(engine.map(functions.double, [])) == []
    assert engine._children == []


def test_children_live_on_between_calls(engine: LocalEngine) -> None:
    first = set(engine.map(functions.process_id, range(20)))
    assert set(engine.map(functions.process_id, range(20))) <= first
    assert list(engine.map(functions.double, [1, 2])) == [2, 4]


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ("segfault", "The process was killed by signal 11 (Segmentation fault)."),
        ("kill", "The process was killed by signal 9 (Killed)."),
        ("exit", "The process ended with status 3."),
        ("memory", "The process ran out of memory."),
    ],
)
def test_only_the_shard_is_lost_whose_child_died(engine: LocalEngine, order: str, reason: str) -> None:
    shards = ["a", order, "b", "c", order, "d"]
    assert list(engine.map(functions.misbehave, shards)) == ["A", Died(reason), "B", "C", Died(reason), "D"]


def test_a_shard_that_takes_too_long_is_lost_alone() -> None:
    with LocalEngine(1, timeout_seconds=0.3) as engine:
        assert list(engine.map(functions.misbehave, ["a", "sleep", "b"])) == [
            "A",
            Died("The process took longer than 0.3 s."),
            "B",
        ]


def test_the_memory_limit_counts_from_what_the_child_needs_to_live(engine: LocalEngine) -> None:
    outcomes = list(engine.map(functions.use_memory, [400, 600, 400]))
    assert outcomes == [400 * 2**20, Died("The process ran out of memory."), 400 * 2**20]


def test_a_child_that_died_idle_costs_nothing(engine: LocalEngine) -> None:
    for process_id in set(engine.map(functions.process_id, range(20))):
        psutil.Process(process_id).kill()
    assert list(engine.map(functions.double, range(5))) == [0, 2, 4, 6, 8]


def test_an_exception_is_raised_in_the_parent_with_its_trace(engine: LocalEngine) -> None:
    outcomes = engine.map(functions.misbehave, ["a", "raise", "b"])
    assert next(outcomes) == "A"
    with pytest.raises(FunctionFailedError, match="KeyError: 'a telling word'") as caught:
        next(outcomes)
    assert "functions.py" in "".join(caught.value.__notes__)
    assert list(engine.map(functions.double, [4])) == [8]


def test_an_exception_that_only_the_child_knows_is_told_in_words(engine: LocalEngine) -> None:
    with pytest.raises(FunctionFailedError, match="LocalError: from inside"):
        list(engine.map(functions.local_error, [0]))


class Trap:
    """Whoever unpickles it runs code."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("kind", [wire.VALUE, wire.RAISED, b"?"])
def test_s14_a_child_that_was_taken_over_runs_no_code_in_the_parent(
    engine: LocalEngine, tmp_path: Path, kind: bytes
) -> None:
    trap = pickle.dumps(Trap(tmp_path / "sprung"))
    forged = struct.pack("<cQ", kind, len(trap)) + trap
    outcomes = list(engine.map(functions.take_over, [forged]))
    assert outcomes == [Died("The process answered with something that is no answer.")]
    assert not (tmp_path / "sprung").exists()
    assert list(engine.map(functions.double, [4])) == [8]


def test_a_child_cannot_make_the_parent_take_more_than_it_has_room_for(engine: LocalEngine) -> None:
    forged = struct.pack("<cQ", wire.VALUE, 2**62)
    outcomes = list(engine.map(functions.take_over, [forged]))
    assert outcomes == [Died("The process answered with something that is no answer.")]


def test_a_child_cannot_set_its_clock_back() -> None:
    again = struct.pack("<cQ", wire.STARTED, 0)
    with LocalEngine(1, timeout_seconds=0.3) as engine:
        outcomes = list(engine.map(functions.take_over, [again * 50]))
    assert outcomes == [Died("The process took longer than 0.3 s.")]


def test_what_the_function_prints_does_not_reach_the_pipe(engine: LocalEngine) -> None:
    assert list(engine.map(functions.misbehave, ["print", "a"])) == ["PRINT", "A"]
    assert list(engine.map(functions.standard_input, [0])) == [""]


def test_large_values_pass_whole(engine: LocalEngine) -> None:
    assert [[len(part) for part in value] for value in engine.map(functions.large, [100_000] * 4)] == [
        [100_000] * 64
    ] * 4
    assert list(engine.map(functions.misbehave, ["x" * 1_000_000])) == ["X" * 1_000_000]


def test_shards_are_taken_only_as_they_are_needed() -> None:
    taken = 0

    def shards() -> Iterator[int]:
        nonlocal taken
        for number in range(100):
            taken += 1
            yield number

    with LocalEngine(1) as engine:
        for outcome in engine.map(functions.double, shards()):
            assert isinstance(outcome, int)
            assert taken <= outcome // 2 + 1 + 3  # those yielded, and processes + 2


def test_the_child_works_while_the_caller_does(tmp_path: Path) -> None:
    with LocalEngine(1) as engine:
        outcomes = engine.map(functions.touch, [str(tmp_path / name) for name in "abcdef"])
        next(outcomes)
        wait_for_file(tmp_path / "d")  # three more, though nobody asks for them


def test_a_map_that_is_left_early_stops_its_children_only(engine: LocalEngine, tmp_path: Path) -> None:
    outcomes = engine.map(functions.tell_and_sleep, [str(tmp_path / "id")])
    thread = threading.Thread(target=take_until_stopped, args=(outcomes,))
    thread.start()
    process_id = int(wait_for_file(tmp_path / "id"))
    engine.cancel()
    thread.join(20)
    wait_until_gone(process_id)
    early = engine.map(functions.double, range(10))
    assert next(early) == 0
    early.close()  # type: ignore[attr-defined]
    assert list(engine.map(functions.double, [1])) == [2]


def test_closing_kills_at_once_and_waits(tmp_path: Path) -> None:
    with LocalEngine(1) as engine:
        outcomes = engine.map(functions.tell_and_sleep, [str(tmp_path / "id")])
        thread = threading.Thread(target=take_until_stopped, args=(outcomes,))
        thread.start()
        process_id = int(wait_for_file(tmp_path / "id"))
    assert not psutil.pid_exists(process_id)
    thread.join(20)
    with pytest.raises(EngineStoppedError):
        list(engine.map(functions.double, [1]))


def test_two_maps_share_the_children(engine: LocalEngine) -> None:
    outer = engine.map(functions.double, range(8))
    found = []
    for outcome in outer:
        found.append(outcome)
        found += engine.map(functions.double, [100])
    assert found == [number for index in range(8) for number in (2 * index, 200)]


def test_a_function_of_main_is_refused_with_a_reason(engine: LocalEngine) -> None:
    def lost(number: int) -> int:
        return number

    lost.__module__ = "__main__"
    with pytest.raises(ValueError, match="lives in __main__"):
        engine.map(lost, [1])


def test_a_child_that_cannot_start_is_nobodys_fault(
    engine: LocalEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(EngineBrokenError, match="could not start"):
        list(engine.map(functions.double, [1]))


def test_a_child_imports_the_functions_module_and_not_the_program(engine: LocalEngine) -> None:
    (modules,) = engine.map(functions.modules, [0])
    assert isinstance(modules, list)
    assert "tests.engine.functions" in modules
    assert not {"pytest", "numpy", "pydantic", "multiprocessing"} & set(modules)


PROGRAM = """
import sys
sys.path.insert(0, {root!r})
from tests.engine.functions import {function}
from tamis.engine.local import LocalEngine
with LocalEngine(1) as engine:
    print(list(engine.map({function}, {shards!r})), flush=True)
"""


@pytest.mark.parametrize("how", ["stdin", "command", "module", "file"])
def test_it_works_however_the_program_was_started(how: str, tmp_path: Path) -> None:
    program = PROGRAM.format(root=str(ROOT), function="double", shards=[1, 2, 3])
    (tmp_path / "program.py").write_text(program)
    arguments = {
        "stdin": ["-"],
        "command": ["-c", program],
        "module": ["-m", "program"],
        "file": ["program.py"],
    }[how]
    done = subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        input=program if how == "stdin" else None,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("[2, 4, 6]\n", "")


def test_a_child_ends_with_its_parent_in_the_middle_of_a_shard(tmp_path: Path) -> None:
    program = PROGRAM.format(root=str(ROOT), function="tell_and_sleep", shards=[str(tmp_path / "id")])
    parent = subprocess.Popen([sys.executable, "-c", program])
    child = int(wait_for_file(tmp_path / "id"))
    assert psutil.pid_exists(child)
    parent.kill()
    parent.wait()
    wait_until_gone(child)
