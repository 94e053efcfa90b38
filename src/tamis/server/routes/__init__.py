"""The routes: one file a noun, each with a `router`; a new file is found by itself."""

import importlib
import pkgutil
from collections.abc import Iterator

from fastapi import APIRouter
from fastapi.routing import APIRoute


def routers() -> Iterator[APIRouter]:
    """Yield the router of each file in this folder, by name."""
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        router = importlib.import_module(f"{__name__}.{module.name}").router
        assert isinstance(router, APIRouter)
        yield router


def all_routes() -> Iterator[APIRoute]:
    """Yield every route."""
    for router in routers():
        for route in router.routes:
            assert isinstance(route, APIRoute)
            yield route
