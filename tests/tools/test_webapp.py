"""The web app is built when its sources changed, and only then; a wheel and an sdist hold it."""

import json
import tarfile
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

from tools import webapp

BUILD = """
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
mkdirSync("../src/tamis/server/static/assets", { recursive: true });
writeFileSync("../src/tamis/server/static/index.html", readFileSync("source.html"));
writeFileSync("../src/tamis/server/static/assets/app.js", "");
"""
PYPROJECT = """
[project]
name = "small"
version = "1"
[tool.hatch.build]
artifacts = ["src/tamis/server/static/**"]
[tool.hatch.build.hooks.custom]
path = "tools/webapp.py"
[tool.hatch.build.targets.wheel]
packages = ["src/tamis"]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a web app of one page, and the real build hook."""
    web = tmp_path / "web"
    web.mkdir()
    (web / "package.json").write_text(json.dumps({"name": "app", "scripts": {"build": "node build.mjs"}}))
    (web / "package-lock.json").write_text(json.dumps({"name": "app", "lockfileVersion": 3, "packages": {}}))
    (web / "build.mjs").write_text(BUILD)
    (web / "source.html").write_text("first")
    (tmp_path / "src/tamis/server").mkdir(parents=True)
    (tmp_path / "src/tamis/__init__.py").touch()
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools/webapp.py").write_bytes((webapp.ROOT / "tools/webapp.py").read_bytes())
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    (tmp_path / ".gitignore").write_text("node_modules/\n/src/tamis/server/static/\n")
    return tmp_path


def page(project: Path) -> str:
    return (project / webapp.APP / "index.html").read_text()


def test_the_app_is_built_when_its_sources_changed(project: Path) -> None:
    assert webapp.build(project)
    assert page(project) == "first"
    (project / "web/source.html").touch()  # another time, the same words
    (project / "web/source.test.ts").write_text("a test is no source")
    assert not webapp.build(project)
    (project / "web/source.html").write_text("second")
    assert webapp.build(project)
    assert page(project) == "second"


def test_a_build_that_fails_says_why_and_is_tried_again(project: Path) -> None:
    webapp.build(project)
    (project / "web/build.mjs").write_text("throw new Error('no such colour');")
    for _ in range(2):
        with pytest.raises(webapp.WebAppError, match=r"(?s)`npm run build` failed.*no such colour"):
            webapp.build(project)


def test_wheel_and_sdist_hold_the_app_and_the_sdist_builds_without_npm(project: Path) -> None:
    (wheel,) = WheelBuilder(str(project)).build(directory=str(project / "dist"))
    assert {"tamis/server/static/index.html", "tamis/server/static/assets/app.js"} <= set(
        zipfile.ZipFile(wheel).namelist()
    )
    (sdist,) = SdistBuilder(str(project)).build(directory=str(project / "dist"))
    with tarfile.open(sdist) as tar:
        tar.extractall(project / "unpacked", filter="data")
    unpacked = project / "unpacked/small-1"
    assert not (unpacked / "web/node_modules").exists()
    assert not webapp.build(unpacked)
    assert page(unpacked) == "first"
