"""Every command, option, setting and strategy is on a page of docs/, and every page says what is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools import reference


def test_what_is_generated_is_up_to_date() -> None:
    made = reference.pages()
    stale = [
        str(path.relative_to(reference.DOCS))
        for path, text in made.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    assert stale == [], "Run `make docs` and commit the result."
    drawn = set((reference.DOCS / "images/strategies").iterdir())
    assert drawn == {path for path in made if path.suffix == ".svg"}


def commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    from typer.main import get_command

    from tamis.cli.main import app

    yield from reference.walk(get_command(app), ("tamis",))


def test_every_command_and_option_has_help() -> None:
    silent = [" ".join(path) for path, command in commands() if not command.help]
    silent += [
        f"{' '.join(path)} {each.name}"
        for path, command in commands()
        for each in reference.visible(command)
        if not getattr(each, "help", None)
    ]
    assert silent == []


def test_every_setting_says_what_it_is() -> None:
    from tamis.server.settings import Settings

    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_every_parameter_of_a_strategy_says_what_it_is() -> None:
    from tamis.selection import strategies

    silent = [
        f"{name}.{key}"
        for name, strategy in strategies.items()
        for key, field in strategy.model_fields.items()
        if key != "strategy" and not field.description
    ]
    assert silent == []


def test_the_index_links_to_every_page() -> None:
    index = (reference.DOCS / "index.md").read_text(encoding="utf-8")
    pages = [path.relative_to(reference.DOCS) for path in reference.DOCS.rglob("*.md")]
    missing = [str(page) for page in pages if page != Path("index.md") and f"]({page})" not in index]
    assert missing == []
