"""`tamis token`: make, list and revoke API tokens."""

from typing import Annotated, get_args

import typer

from tamis.cli.options import AsJson, Data, load_settings
from tamis.cli.output import Usage

app = typer.Typer(no_args_is_help=True, help="Make, list and revoke API tokens.")

_UNITS = {"h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000}

Called = Annotated[
    str, typer.Option("--name", metavar="NAME", help="What to know it by.", show_default=False)
]
Scope = Annotated[
    str,
    typer.Option(
        metavar="SCOPE", help="What it may do: read, upload, write or admin; each holds the ones before."
    ),
]
Limited = Annotated[
    str | None,
    typer.Option("--dataset", metavar="NAME", help="The only dataset that it opens, by name or id."),
]
Expires = Annotated[
    str | None,
    typer.Option(metavar="WHEN", help="When it ends: 12h, 30d, 8w, or a day as 2027-01-31. Default: never."),
]


@app.command("create", epilog="Example: tamis token create --name laptop --scope upload --expires 30d")
def create_token(
    name: Called,
    scope: Scope = "write",
    dataset: Limited = None,
    expires: Expires = None,
    data: Data = None,
) -> None:
    """Make a token, and print its secret alone on the last line; it is not shown again."""
    from pydantic import ValidationError

    from tamis.cli.door import Door
    from tamis.cli.find import find_dataset
    from tamis.cli.output import note, say
    from tamis.model.errors import sentence_of
    from tamis.model.token import TokenCreate

    settings = load_settings(data)
    ends_at = _moment(expires)
    _check_scope(scope)
    with Door(settings, works=False) as door:
        limit = find_dataset(door.client, dataset).id if dataset is not None else None
        try:
            new = TokenCreate.model_validate(
                {"name": name, "scope": scope, "dataset_id": limit, "expires_at": ends_at}
            )
        except ValidationError as error:
            first = error.errors()[0]
            raise Usage(sentence_of(first["loc"], first["msg"]), field="name") from error
        made = door.client.create_token(new)
    note(f"The token '{made.token.name}' (id {made.token.id}). Keep it safe: it is not shown again.")
    say(made.secret)


@app.command("list", epilog="Example: tamis token list")
def list_tokens(data: Data = None, as_json: AsJson = False) -> None:
    """List the tokens, newest first."""
    from tamis.cli.door import open_door
    from tamis.cli.output import moment, say_json, say_table, table

    with open_door(load_settings(data)) as door:
        found = list(door.client.tokens())
        datasets = {one.id: one.name for one in door.client.datasets()}
    if as_json:
        say_json([token.model_dump(mode="json") for token in found])
        return
    rows = table("Id", "Name", "Begins", "Scope", "Dataset", "Made", "Last used", "Ends")
    for token in found:
        inside = datasets.get(token.dataset_id, "") if token.dataset_id else "all"
        ends = f"revoked {moment(token.revoked_at)}" if token.revoked_at else "never"
        if not token.revoked_at and token.expires_at:
            ends = moment(token.expires_at)
        used = moment(token.last_used_at) if token.last_used_at else "never"
        rows.add_row(
            token.id, token.name, token.hint, token.scope, inside, moment(token.created_at), used, ends
        )
    say_table(rows)


@app.command("revoke", epilog="Example: tamis token revoke 6565d1c0a1b2c3d4e5000001")
def revoke_token(
    token: Annotated[
        str, typer.Argument(metavar="ID", help="The token's id, as 'tamis token list' shows it.")
    ],
    data: Data = None,
) -> None:
    """Close a token for good, at once."""
    from tamis.cli.door import open_door
    from tamis.cli.output import note

    if len(token) != 24 or not set(token) <= set("0123456789abcdef"):
        raise Usage(f"'{token[:10]}' is no id of a token. 'tamis token list' shows the ids.", field="ID")
    with open_door(load_settings(data)) as door:
        door.client.revoke_token(token)
    note("Revoked.")


def _check_scope(scope: str) -> None:
    from tamis.model.token import Scope as Scopes

    if scope not in get_args(Scopes):
        raise Usage(f"There is no scope '{scope}'. There are: {', '.join(get_args(Scopes))}.", field="scope")


def _moment(expires: str | None) -> int | None:
    """Turn a span or a day into a moment; a day ends at its midnight, in the user's own time."""
    from datetime import date, datetime, time, timedelta

    from tamis.model.ids import now

    if expires is None:
        return None
    number, unit = expires[:-1], expires[-1:]
    if unit in _UNITS and number.isascii() and number.isdigit() and 0 < int(number) < 100_000:
        return now() + int(number) * _UNITS[unit]
    try:
        end = datetime.combine(date.fromisoformat(expires) + timedelta(days=1), time())
    except (ValueError, OverflowError) as error:
        raise Usage(
            f"--expires takes a span such as 12h, 30d or 8w, or a day such as 2027-01-31, not '{expires}'.",
            field="expires",
        ) from error
    return int(end.astimezone().timestamp() * 1000)
