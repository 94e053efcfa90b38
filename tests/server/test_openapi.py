"""The OpenAPI document is committed, and the server stays light."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tamis.server import openapi
from tamis.server.openapi import documented_app

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "numba", "onnx", "onnxruntime", "openTSNE", "umap", "sklearn", "dbos", "scipy", "lance")


def test_web_openapi_json_is_up_to_date() -> None:
    committed = (ROOT / openapi.DEFAULT).read_text(encoding="utf-8")
    assert committed == openapi.document(), "Run `make api` and commit the result."


def test_operation_ids_are_the_names_of_functions_and_unique() -> None:
    ids = [
        operation["operationId"]
        for methods in documented_app().openapi()["paths"].values()
        for operation in methods.values()
    ]
    assert [name for name, times in Counter(ids).items() if times > 1] == []
    assert all(name.isidentifier() and name == name.lower() for name in ids)


def test_every_operation_says_what_it_does_and_how_it_refuses() -> None:
    for path, methods in documented_app().openapi()["paths"].items():
        for operation in methods.values():
            assert operation["description"], path
            for status in ("401", "403", "404", "409", "413", "422"):
                schema = operation["responses"][status]["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/ErrorBody"}


@pytest.mark.parametrize("module", ["tamis.server.app", "tamis.server.openapi"])
def test_the_server_loads_nothing_heavy(module: str, tmp_path: Path) -> None:
    code = f"""
import sys, importlib, pathlib
module = importlib.import_module({module!r})
if hasattr(module, "create_app"):
    from tamis.server.settings import Settings
    from tamis.store.store import open_store
    data = pathlib.Path({str(tmp_path)!r}) / "data"
    with open_store(data) as store:
        module.create_app(Settings(data=data), store)
print(*[name for name in {HEAVY!r} if name in sys.modules])
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []
