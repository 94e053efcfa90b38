"""A finding: something that `tamis doctor` found to be wrong, and what to do about it."""

from tamis.model.noun import Noun


class Finding(Noun):
    """What was looked at, what is wrong with it, and what mends it."""

    subject: str
    problem: str
    advice: str
