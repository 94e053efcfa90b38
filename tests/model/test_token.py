"""A secret can be told from other text, and says nothing of what is kept of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tamis.model.token import PREFIX, allows, hash_of, hint_of, is_secret, new_secret


def test_a_secret_has_the_form_that_scanners_look_for() -> None:
    secret = new_secret()
    assert secret.startswith(PREFIX) and secret.removeprefix(PREFIX).isalnum() and len(secret) == 55
    assert is_secret(secret)
    assert len({new_secret() for _ in range(100)}) == 100


@given(some.integers(0, 54), some.characters(codec="utf-8"))
def test_one_wrong_character_is_noticed(place: int, character: str) -> None:
    secret = new_secret()
    changed = secret[:place] + character + secret[place + 1 :]
    assert is_secret(changed) == (changed == secret)


@given(some.text(max_size=80))
def test_other_text_is_no_secret(text: str) -> None:
    assert not is_secret(text)


def test_a_secret_of_one_kind_is_none_of_another() -> None:
    assert is_secret(new_secret("login_"), "login_")
    assert not is_secret(new_secret("login_"))
    assert not is_secret(new_secret(), "login_")


def test_the_hint_is_short_and_the_hash_is_not_the_secret() -> None:
    secret = new_secret()
    assert len(hint_of(secret)) == 10
    assert len(hash_of(secret)) == 64 and hash_of(secret) != hash_of(new_secret())


@pytest.mark.parametrize(
    ("scope", "reach"),
    [("read", 1), ("upload", 2), ("write", 3), ("admin", 4)],
)
def test_each_scope_holds_the_ones_before(scope: str, reach: int) -> None:
    ladder = ("read", "upload", "write", "admin")
    assert [allows(scope, needed) for needed in ladder] == [place < reach for place in range(4)]  # type: ignore[arg-type]
