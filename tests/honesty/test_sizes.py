"""Files and functions stay small enough to be read: a limit does what good intentions do not."""

import ast
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_COMPONENT = 400, 50, 200
FOLDERS = ("src/tamis", "demo", "tools", "benchmarks")


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def web_files() -> list[Path]:
    """What people wrote of the web app; the types of the API are generated."""
    web = ROOT / "web"
    paths = [*web.glob("*.ts"), *(web / "src").rglob("*")]
    return sorted(
        path for path in paths if path.suffix in (".ts", ".tsx", ".css") and path.name != "schema.d.ts"
    )


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_file_is_longer_than_400_lines() -> None:
    too_long = {
        str(path.relative_to(ROOT)): lines(path)
        for path in [*python_files(*FOLDERS, "tests"), *web_files()]
        if lines(path) > LONGEST_FILE
    }
    assert too_long == {}


def test_no_component_of_the_web_app_is_longer_than_200_lines() -> None:
    too_long = {
        str(path.relative_to(ROOT)): lines(path)
        for path in web_files()
        if path.suffix == ".tsx" and ".test." not in path.name and lines(path) > LONGEST_COMPONENT
    }
    assert too_long == {}


def test_the_median_file_is_neither_confetti_nor_a_novel(capsys: pytest.CaptureFixture[str]) -> None:
    sizes = [lines(path) for path in python_files("src/tamis")]
    with capsys.disabled():
        print(f" [{len(sizes)} files, median {median(sizes):.0f} lines, longest {max(sizes)}] ", end="")
    assert 60 <= median(sizes) <= 200


def test_no_function_is_longer_than_50_lines() -> None:
    sizes = {
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}": length(function)
        for path in python_files(*FOLDERS)
        if "migrations" not in path.parts  # a migration is a list of tables, and frozen
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: size for name, size in sizes.items() if size > LONGEST_FUNCTION} == {}


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function without its docstring."""
    first = function.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring
