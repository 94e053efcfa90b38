"""The OpenAPI document, from which the web's types are made: `python -m tamis.server.openapi [FILE]`."""

import json
import sys
from pathlib import Path

from tamis.server.app import bare_app
from tamis.server.gate import OPEN_PATHS

DEFAULT = Path("web/openapi.json")


def document() -> str:
    """Return the OpenAPI document as text that ends with a newline."""
    schema = bare_app().openapi()
    schema.setdefault("components", {})["securitySchemes"] = {"secret": {"type": "http", "scheme": "bearer"}}
    schema["security"] = [{"secret": []}]
    for path in OPEN_PATHS:
        for operation in schema["paths"][path].values():
            operation["security"] = []
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    (Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT).write_text(document(), encoding="utf-8")
