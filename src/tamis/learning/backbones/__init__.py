"""Backbones: one file for each family. Importing the room finds them all and registers them."""

import importlib
import pkgutil

from tamis.learning.backbones.base import Backbone, backbone_names, channels_last, make_backbone

__all__ = ["Backbone", "backbone_names", "channels_last", "make_backbone"]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
