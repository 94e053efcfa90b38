"""The OpenAPI document, from which the web's types are made: `python -m tamis.server.openapi [FILE]`."""

import json
import sys
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import APIRoute

from tamis import __version__
from tamis.server import errors, routes
from tamis.server.gate import OPEN_PATHS
from tamis.server.needs import need_of

DEFAULT = Path("web/openapi.json")


def documented_app() -> FastAPI:
    """Make an application of the same routes that has nothing behind it, and can tell what they are."""
    app = FastAPI(
        title="Tamis",
        version=__version__,
        responses=errors.DOCUMENTED,
        generate_unique_id_function=_operation_id,
    )
    for router in routes.routers():
        app.include_router(router)
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name


def document() -> str:
    """Return the OpenAPI document as text that ends with a newline."""
    schema = documented_app().openapi()
    schema.setdefault("components", {})["securitySchemes"] = {"secret": {"type": "http", "scheme": "bearer"}}
    schema["security"] = [{"secret": []}]
    for route in routes.all_routes():
        for method in (route.methods or ()) if route.include_in_schema else ():
            operation = schema["paths"][route.path][method.lower()]
            if route.path in OPEN_PATHS:
                operation["security"] = []
            else:
                operation["x-scope"] = need_of(route.endpoint, method).scope
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    (Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT).write_text(document(), encoding="utf-8")
