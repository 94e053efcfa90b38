"""What is shown of a selection strategy before it is run."""

from tamis.model.digest import Json
from tamis.model.noun import Noun


class StrategyFacts(Noun):
    """`parameters` is a JSON schema: the web form and the messages about wrong values come from it."""

    name: str
    title: str
    parameters: dict[str, Json]
