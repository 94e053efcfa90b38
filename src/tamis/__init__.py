"""Tamis shows what is in a pile of unlabeled images and picks the ones worth labeling and training on."""

from importlib.metadata import version

__all__ = ["__version__"]

__version__ = version("tamis")
