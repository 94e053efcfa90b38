"""Plain values come back as they were, and bytes that are none are refused, whatever they are."""

import contextlib
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.engine import plain

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(PLAIN)
def test_a_value_comes_back_as_it_was(value: object) -> None:
    assert plain.decode(plain.encode(value)) == value


def test_tuples_become_lists() -> None:
    assert plain.decode(plain.encode((1, ("a", b"b"), {"b": (2,)}))) == [1, ["a", b"b"], {"b": [2]}]


@pytest.mark.parametrize("value", [object(), {1: 2}, {"a": {1, 2}}, [Exception("x")], bytearray(1)])
def test_what_is_not_plain_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="plain values only"):
        plain.encode(value)


@given(st.binary())
def test_any_bytes_are_a_value_or_refused(data: bytes) -> None:
    with contextlib.suppress(ValueError):
        plain.decode(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x02\0\0\0",
        b"\xff\xff\xff\xff[]",
        b"\x02\0\0\0[]more",
        b"\x07\0\0\0" + b'{"b":5}' + b"four",
        b"\x08\0\0\0" + b'{"b":-1}',
        b"\x0a\0\0\0" + b'{"b":true}',
        b"\x07\0\0\0" + b'{"c":1}',
        b"\x08\0\0\0" + b'{"d":[]}',
        (200_000).to_bytes(4, "little") + b"[" * 200_000,
        pickle.dumps([1, 2, 3]),
    ],
    ids=range(11),
)
def test_damaged_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        plain.decode(data)


@given(PLAIN, st.data())
def test_a_changed_byte_is_another_value_or_refused(value: object, data: st.DataObject) -> None:
    encoded = bytearray(plain.encode(value))
    encoded[data.draw(st.integers(0, len(encoded) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ValueError):
        plain.decode(encoded)
