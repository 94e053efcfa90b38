"""What cannot be kept is refused at the door, the same on both databases."""

import httpx
import pytest

from tamis.store.store import Store
from tests import made

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("NaN", "A number must be finite"),
        ('[1, {"a": -Infinity}]', "A number must be finite"),
        ("1e999", "A number must be finite"),
        ('"a\\u0000"', "A text cannot hold the character U+0000"),
        ('{"\\ud800": 1}', "A text cannot hold the character U+D800"),
    ],
)
def test_metadata_that_cannot_be_kept_is_refused_and_harms_nothing(
    http: httpx.Client, store: Store, value: str, reason: str
) -> None:
    dataset_id = made.dataset_of(store, "a.jpg")
    path = f"/api/datasets/{dataset_id}/samples"
    refused = http.patch(path, content=f'{{"a.jpg": {{"x": {value}}}}}', headers=JSON)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert reason in refused.json()["error"]
    listed = http.get(path)
    assert (listed.status_code, [one["metadata"] for one in listed.json()["items"]]) == (200, [{}])


def test_text_with_a_nul_is_refused_wherever_it_is_looked_for(http: httpx.Client, store: Store) -> None:
    path = f"/api/datasets/{made.dataset_of(store, 'a.jpg')}"
    answers = [
        http.patch(f"{path}/samples", content='{"a\\u0000.jpg": {}}', headers=JSON),
        http.get(f"{path}/problems", params={"after": "a\0"}),
        http.get(f"{path}/tags", params={"after": "a\0"}),
        http.get(f"{path}/tags", params={"name": "a\0"}),
        http.get("/api/jobs", params={"after": "a\0"}),
        http.post(
            f"{path}/tags",
            json={"name": "t", "source": {"kind": "manual", "parent_id": "0" * 24, "file_names": ["\0"]}},
        ),
    ]
    assert [answer.status_code for answer in answers] == [422] * len(answers)
