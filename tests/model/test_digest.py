"""The digest of members is that of one canonical JSON document, however many there are."""

import hashlib
import json
import random

from tamis.model.digest import Json, digest_of, members_digest


def test_members_are_digested_as_one_sorted_list() -> None:
    for count in (0, 1, 9_999, 10_000, 10_001, 20_000):
        members = [(f"é {number}.jpg", hashlib.sha256(b"%d" % number).hexdigest()) for number in range(count)]
        mixed = random.Random(count).sample(members, count)
        assert members_digest(mixed) == digest_of([list(pair) for pair in sorted(members)])


def test_the_canonical_form_is_sorted_utf_8_without_spaces() -> None:
    value: Json = {"b": [1, 2.5, None, True], "a": "é"}
    expected = '{"a":"é","b":[1,2.5,null,true]}'
    assert json.loads(expected) == value
    assert digest_of(value) == hashlib.sha256(expected.encode()).hexdigest()
