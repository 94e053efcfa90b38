"""Pictures of projections, with the active samples as the web draws them."""

from typing import Literal

import numpy as np
from pydantic import Field

from tamis.images.scatter import scatter
from tamis.model.errors import Invalid
from tamis.model.noun import Id, Noun
from tamis.store import arrays, datasets, projections, selections, tags
from tamis.store.store import Store

LARGEST_SIDE = 2048


class View(Noun):
    """What is shown of a projection: the members of a tag, or the first `keep` of a selection among them."""

    tag_id: Id | None = None
    selection_id: Id | None = None
    keep: int | None = Field(
        None, ge=0, description="How many samples of the selection, besides preselected."
    )
    width: int = Field(960, ge=64, le=LARGEST_SIDE)
    height: int = Field(640, ge=64, le=LARGEST_SIDE)
    theme: Literal["light", "dark"] = "light"


def draw(store: Store, dataset_id: str, projection_id: str, view: View) -> bytes:
    """Return a PNG: active samples in colour, all others that are not deleted in grey.

    Raises:
        Invalid: `keep` without a selection.
        NotFound: there is no such projection, tag or selection.
    """
    if view.keep is not None and view.selection_id is None:
        raise Invalid("'keep' counts the samples of a selection: name one.", field="selection_id")
    with store.read() as connection:
        projection = projections.get(connection, dataset_id, projection_id)
        present = datasets.present(connection, dataset_id)
        chosen = [
            tags.members(connection, dataset_id, tag_id) for tag_id in (view.tag_id,) if tag_id is not None
        ]
        if view.selection_id is not None:
            selection = selections.get(connection, dataset_id, view.selection_id)
            order = arrays.read(store.folder, selection.ranking).column("position").to_numpy()
            first = order[: selection.n_samples if view.keep is None else view.keep]
            if selection.preselected_tag_id is not None:
                first = np.concatenate(
                    [first, tags.members(connection, dataset_id, selection.preselected_tag_id)]
                )
            chosen.append(first)
    points = arrays.read(store.folder, projection.array)
    x, y = (points.column(name).to_numpy().copy() for name in ("x", "y"))
    size = len(x)  # the dataset may have grown since
    shown, active = np.zeros(size, np.bool_), np.ones(size, np.bool_)
    shown[present[present < size]] = True
    for positions in chosen:
        among = np.zeros(size, np.bool_)
        among[positions[positions < size]] = True
        active &= among
    x[~shown] = np.nan
    return scatter(x, y, active, width=view.width, height=view.height, theme=view.theme)
