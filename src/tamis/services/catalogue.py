"""What this installation offers: strategies with the schema of their parameters."""

import inspect

from tamis.model.selection import StrategyFacts
from tamis.selection import strategies


def list_strategies() -> list[StrategyFacts]:
    """Return all selection strategies, with the JSON schema from which a form is drawn."""
    return [
        StrategyFacts(
            name=name,
            title=strategy.title,
            description=inspect.cleandoc(strategy.__doc__ or "").partition("\n\n")[0].replace("\n", " "),
            use_when=strategy.use_when,
            needs=sorted(strategy(strategy=name).needs),
            importance=strategy.importance_means,
            parameters=strategy.model_json_schema(),
        )
        for name, strategy in strategies.items()
    ]
