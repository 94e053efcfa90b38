"""`tamis doctor`: what is installed, where the data is, and whether anything is wrong with it."""

import platform
import shutil
from pathlib import Path

import typer

from tamis.cli.options import AsJson, Data, load_settings
from tamis.cli.output import FAILED, fail

_PACKAGES = ("numpy", "pyarrow", "pylance", "onnxruntime", "numba", "dbos", "sqlalchemy", "fastapi", "torch")
_LOW_BYTES = 1_000_000_000


def doctor(data: Data = None, as_json: AsJson = False) -> None:
    """Check the installation and the data folder; the exit code is 1 when something is found."""
    from tamis.cli.output import say, say_json

    settings = load_settings(data)
    facts = _facts(settings.data, settings.database_url)
    findings = _space(settings.data)
    if (settings.data / "tamis.json").exists():
        from tamis.cli.door import open_door

        with open_door(settings) as door:
            findings += [finding.model_dump(mode="json") for finding in door.client.doctor()]
    else:
        facts["state"] = "not made yet"
    if as_json:
        say_json({"facts": dict(facts), "findings": [dict(finding) for finding in findings]})
    else:
        for name, value in facts.items():
            say(f"{name:<12} {value}")
        for finding in findings:
            fail(f"{finding['subject']}: {finding['problem']} {finding['advice']}")
        if not findings:
            say("Nothing is wrong.")
    if findings:
        raise typer.Exit(FAILED)


def _facts(data: Path, database_url: str | None) -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    from tamis import __version__

    facts = {"tamis": __version__, "python": platform.python_version(), "system": platform.platform()}
    for package in _PACKAGES:
        try:
            facts[package] = version(package)
        except PackageNotFoundError:
            facts[package] = "not installed"
    free = shutil.disk_usage(_nearest(data)).free
    facts["data"] = str(data)
    facts["database"] = "PostgreSQL" if database_url else "SQLite"
    facts["free space"] = f"{free / 1e9:.1f} GB"
    return facts


def _space(data: Path) -> list[dict[str, str]]:
    free = shutil.disk_usage(_nearest(data)).free
    if free >= _LOW_BYTES:
        return []
    return [{
        "subject": str(data),
        "problem": f"Only {free / 1e6:.0f} MB are free on its disk.",
        "advice": "Make room.",
    }]  # fmt: skip


def _nearest(path: Path) -> Path:
    return next(place for place in (path, *path.parents) if place.exists())
