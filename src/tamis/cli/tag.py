"""`tamis tag`: list, show, rename and remove tags."""

from typing import Annotated

import typer

from tamis.cli.options import AsJson, Data, InDataset, load_settings

app = typer.Typer(no_args_is_help=True, help="List, show, rename and remove tags.")

One = Annotated[str, typer.Argument(metavar="TAG", help="The tag, by name, id or digest.")]


@app.command("list", epilog="Example: tamis tag list --dataset photos")
def list_tags(dataset: InDataset = None, data: Data = None, as_json: AsJson = False) -> None:
    """List the tags of a dataset."""
    from tamis.cli.door import open_door
    from tamis.cli.find import find_dataset
    from tamis.cli.output import moment, say_json, say_table, table

    with open_door(load_settings(data)) as door:
        found = list(door.client.tags(find_dataset(door.client, dataset).id))
    if as_json:
        say_json([tag.model_dump(mode="json") for tag in found])
        return
    names = {tag.id: tag.name for tag in found}
    rows = table("Name", "#Images", "Made by", "Parent", "Digest", "Made")
    for tag in found:
        parent = names.get(tag.parent_id or "", "")
        images = f"{tag.n_members - tag.n_deleted}"
        rows.add_row(tag.name, images, tag.recipe.kind, parent, tag.digest[:12], moment(tag.created_at))
    say_table(rows)


@app.command("show", epilog="Example: tamis tag show representative-200")
def show_tag(
    tag: One,
    dataset: InDataset = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Show a tag and how it was made."""
    from tamis.cli.door import open_door
    from tamis.cli.find import find_dataset, find_tag
    from tamis.cli.output import moment, say, say_json

    with open_door(load_settings(data)) as door:
        inside = find_dataset(door.client, dataset)
        one = find_tag(door.client, inside, tag)
        parent = door.client.tag(inside.id, one.parent_id).name if one.parent_id else "none"
    if as_json:
        say_json(one.model_dump(mode="json"))
        return
    deleted = f", {one.n_deleted} of them deleted since" if one.n_deleted else ""
    say(f"Name      {one.name}")
    say(f"Id        {one.id}")
    say(f"Digest    {one.digest}")
    say(f"Dataset   {inside.name}")
    say(f"Parent    {parent}")
    say(f"Images    {one.n_members}{deleted}")
    say(f"Made      {moment(one.created_at)}, by {one.recipe.kind}")
    if one.recipe.selection is not None:
        step = one.recipe.selection
        words = ", ".join(f"{name}={value}" for name, value in step.strategy.items() if name != "strategy")
        say(f"Strategy  {step.strategy['strategy']}{f' ({words})' if words else ''}")
        say(f"Kept      {step.keep}, with seed {step.seed}")


@app.command("rename", epilog="Example: tamis tag rename representative-200 week-12")
def rename_tag(
    tag: One,
    new_name: Annotated[str, typer.Argument(metavar="NEW", help="What it is to be called.")],
    dataset: InDataset = None,
    data: Data = None,
) -> None:
    """Give a tag another name. Its digest and its images stay as they are."""
    from tamis.cli.door import open_door
    from tamis.cli.find import find_dataset, find_tag
    from tamis.cli.output import say

    with open_door(load_settings(data)) as door:
        inside = find_dataset(door.client, dataset)
        one = find_tag(door.client, inside, tag)
        renamed = door.client.rename_tag(inside.id, one.id, new_name)
    say(f"The tag '{one.name}' is now called '{renamed.name}'.")


@app.command("remove", epilog="Example: tamis tag remove week-12 --yes")
def remove_tag(
    tag: One,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dataset: InDataset = None,
    data: Data = None,
) -> None:
    """Remove a tag that no other came from. Its images stay, and so does its ranking."""
    from tamis.cli.door import open_door
    from tamis.cli.find import find_dataset, find_tag
    from tamis.cli.output import agree, say

    with open_door(load_settings(data)) as door:
        inside = find_dataset(door.client, dataset)
        one = find_tag(door.client, inside, tag)
        if not yes:
            question = f"Remove the tag '{one.name}' of {one.n_members} images? The images stay."
            agree(question)
        door.client.remove_tag(inside.id, one.id)
    say(f"Removed the tag '{one.name}'. Its images are where they were.")
