"""`tamis token`: made once, shown once, listed, revoked."""

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from tamis.model.ids import now
from tamis.model.token import is_secret
from tests.cli.conftest import Curated, run

pytestmark = pytest.mark.xdist_group("cli")


def test_a_token_is_printed_alone_on_the_last_line(data: Path) -> None:
    ran = run(data, "token", "create", "--name", "laptop")
    assert ran.code == 0, ran.err
    assert is_secret(ran.out.removesuffix("\n"))
    assert "not shown again" in ran.err and ran.out.strip() not in ran.err
    (token,) = json.loads(run(data, "token", "list", "--json").out)
    assert (token["name"], token["scope"], token["dataset_id"], token["expires_at"]) == (
        "laptop", "write", None, None,
    )  # fmt: skip
    listed = run(data, "token", "list").out
    assert token["hint"] in listed and ran.out.strip() not in listed


def test_a_token_is_revoked(data: Path) -> None:
    run(data, "token", "create", "--name", "a")
    (token,) = json.loads(run(data, "token", "list", "--json").out)
    assert run(data, "token", "revoke", token["id"]).code == 0
    assert "revoked" in run(data, "token", "list").out
    assert run(data, "token", "revoke", "0" * 24).code == 1


@pytest.mark.parametrize(
    ("expires", "span"), [("12h", 12 * 3_600_000), ("30d", 30 * 86_400_000), ("8w", 56 * 86_400_000)]
)
def test_a_token_may_end_after_a_span(data: Path, expires: str, span: int) -> None:
    before = now()
    run(data, "token", "create", "--name", "a", "--expires", expires)
    (token,) = json.loads(run(data, "token", "list", "--json").out)
    assert before + span <= token["expires_at"] <= now() + span


def test_a_token_may_end_with_a_day(data: Path) -> None:
    tomorrow = date.today() + timedelta(days=1)
    run(data, "token", "create", "--name", "a", "--expires", tomorrow.isoformat())
    (token,) = json.loads(run(data, "token", "list", "--json").out)
    end = datetime.combine(tomorrow + timedelta(days=1), time())
    assert token["expires_at"] == end.astimezone().timestamp() * 1000


def test_a_token_may_be_for_one_dataset(curated: Curated) -> None:
    assert curated.run("token", "create", "--name", "one", "--dataset", "photos").code == 0
    (token, *_) = json.loads(curated.run("token", "list", "--json").out)
    (dataset, *_) = json.loads(curated.run("dataset", "list", "--json").out)
    assert token["dataset_id"] == dataset["id"]
    assert "photos" in curated.run("token", "list").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("create",), "--name"),
        (("create", "--name", ""), "1 to 100 characters"),
        (("create", "--name", "a", "--scope", "root"), "There are: read, upload, write, admin"),
        (("create", "--name", "a", "--expires", "soon"), "such as 12h"),
        (("create", "--name", "a", "--expires", "0d"), "such as 12h"),
        (("revoke", "tamis_secret"), "no id of a token"),
    ],
)
def test_a_mistake_is_told(data: Path, arguments: tuple[str, ...], words: str) -> None:
    ran = run(data, "token", *arguments)
    assert ran.code == 2 and words in ran.err and ran.out == ""


def test_a_token_that_would_have_expired_is_refused(data: Path) -> None:
    ran = run(data, "token", "create", "--name", "a", "--expires", "2001-01-01")
    assert ran.code == 1 and "expired already" in ran.err
