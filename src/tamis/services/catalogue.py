"""What this installation offers: strategies with the schema of their parameters, and encoders."""

from tamis.encoders import encoder_facts, encoder_names
from tamis.model.embedding import EncoderFacts
from tamis.model.selection import StrategyFacts
from tamis.selection import strategies


def list_strategies() -> list[StrategyFacts]:
    """Return all selection strategies, with the JSON schema from which a form is drawn."""
    return [
        StrategyFacts(name=name, title=strategy.title, parameters=strategy.model_json_schema())
        for name, strategy in strategies.items()
    ]


def list_encoders() -> list[EncoderFacts]:
    """Return all encoders."""
    return [encoder_facts(name) for name in encoder_names()]
