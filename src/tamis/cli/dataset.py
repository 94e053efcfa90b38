"""`tamis dataset`: list, show, rename and remove datasets."""

from typing import Annotated

import typer

from tamis.cli.options import AsJson, Data, load_settings

app = typer.Typer(no_args_is_help=True, help="List, show, rename and remove datasets.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The dataset, by name or id.")]


@app.command("list", epilog="Example: tamis dataset list")
def list_datasets(data: Data = None, as_json: AsJson = False) -> None:
    """List the datasets."""
    from tamis.cli.door import open_door
    from tamis.cli.output import moment, say_json, say_table, table

    with open_door(load_settings(data)) as door:
        found = list(door.client.datasets())
    if as_json:
        say_json([dataset.model_dump(mode="json") for dataset in found])
        return
    rows = table("Name", "#Images", "#Refused", "#MB", "Made")
    for one in found:
        images = f"{one.n_samples - one.n_deleted}"
        rows.add_row(
            one.name, images, f"{one.n_problems}", f"{one.total_bytes / 1e6:.1f}", moment(one.created_at)
        )
    say_table(rows)


@app.command("show", epilog="Example: tamis dataset show photos --problems")
def show_dataset(
    name: Name,
    problems: Annotated[
        bool, typer.Option("--problems", help="List the files that were refused, and why.")
    ] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Show a dataset, its tags and its embeddings."""
    from tamis.cli.door import open_door
    from tamis.cli.find import find_dataset
    from tamis.cli.output import moment, say, say_json

    with open_door(load_settings(data)) as door:
        one = find_dataset(door.client, name)
        tags = list(door.client.tags(one.id))
        embeddings = list(door.client.embeddings(one.id))
        refused = list(door.client.problems(one.id)) if problems else []
    if as_json:
        say_json(
            one.model_dump(mode="json")
            | {
                "tags": [tag.model_dump(mode="json") for tag in tags],
                "embeddings": [embedding.model_dump(mode="json") for embedding in embeddings],
            }
            | ({"problems": [problem.model_dump(mode="json") for problem in refused]} if problems else {})
        )
        return
    say(f"Name        {one.name}")
    say(f"Id          {one.id}")
    say(f"Made        {moment(one.created_at)}")
    say(f"Images      {one.n_samples - one.n_deleted} ({one.total_bytes / 1e6:.1f} MB)")
    say(f"Deleted     {one.n_deleted}")
    say(f"Refused     {one.n_problems}")
    say(f"Tags        {', '.join(tag.name for tag in tags) or 'none'}")
    say(f"Embeddings  {', '.join(f'{each.name} ({each.dimension} d)' for each in embeddings) or 'none'}")
    for problem in refused:
        say(f"{problem.file_name}: {problem.reason}")


@app.command("rename", epilog="Example: tamis dataset rename photos orchard-2026")
def rename_dataset(
    name: Name,
    new_name: Annotated[str, typer.Argument(metavar="NEW", help="What it is to be called.")],
    data: Data = None,
) -> None:
    """Give a dataset another name. Its tags, their digests and its images stay as they are."""
    from tamis.cli.door import open_door
    from tamis.cli.find import find_dataset
    from tamis.cli.output import say

    with open_door(load_settings(data)) as door:
        one = find_dataset(door.client, name)
        renamed = door.client.rename_dataset(one.id, new_name)
    say(f"The dataset '{one.name}' is now called '{renamed.name}'.")


@app.command("remove", epilog="Example: tamis dataset remove photos --yes")
def remove_dataset(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: Data = None,
) -> None:
    """Remove a dataset with its tags, embeddings and selections. The images stay where they are."""
    from tamis.cli.door import open_door
    from tamis.cli.find import find_dataset
    from tamis.cli.output import agree, say

    with open_door(load_settings(data)) as door:
        one = find_dataset(door.client, name)
        if not yes:
            question = f"Remove the dataset '{one.name}' with its tags and embeddings? The images stay."
            agree(question)
        door.client.remove_dataset(one.id)
    say(f"Removed the dataset '{one.name}'. Its images are where they were.")
