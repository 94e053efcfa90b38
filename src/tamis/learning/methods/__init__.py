"""Methods of self-supervised learning, one file each. Importing the room finds and registers them all."""

import importlib
import pkgutil

from tamis.learning.methods.base import Method, make_method, method_names

__all__ = ["Method", "make_method", "method_names"]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
