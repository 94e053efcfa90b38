"""The page of a result: one HTML file that needs nothing else, light and dark."""

import base64
import io
import json
from html import escape
from pathlib import Path
from string import Template
from typing import TypedDict

import numpy as np
from PIL import Image

from demo.draw import contained, covering, dot_radius, fitted, has_alpha
from demo.result import Curve, Kept, Result
from tamis.selection import strategies

TEMPLATE = Path(__file__).with_name("page.html")
PLOT = (900, 720)
CURVE = (400, 100)
BESIDE = ("chosen.txt", "contact-sheet.png", "embedding.png")
MOST_POINTS = 40_000  # more grey dots than pixels can show only make the page slow
MOST_TILES = 600
CURVES = (
    ("mean", 2, "Average distance to a kept image"),
    ("radius", 1, "Farthest distance to a kept image (covering radius)"),
)


class CurveData(TypedDict):
    """One curve as the page's script reads it: values for the numbers, x and y for the lines."""

    id: str
    k: list[int]
    value: list[float]
    random: list[float]
    x: list[float]
    y: list[float]
    random_y: list[float]


def page(result: Result, made_by: str) -> str:
    """Return the page; `made_by` is the command that repeats it."""
    template = Template(TEMPLATE.read_text(encoding="utf-8"))
    n_kept = len(result.kept)
    return template.substitute(
        title=escape(result.title),
        kept=f"{n_kept:,}",
        kept_plain=n_kept,
        total=f"{result.total:,}",
        rest=f"{result.total - n_kept:,}",
        sentence=_sentence(result),
        facts="".join(
            f"<div><dt>{name}</dt><dd>{number}<small>{small}</small></dd></div>"
            for name, number, small in _facts(result)
        ),
        plot_width=PLOT[0],
        plot_height=PLOT[1],
        plot_label=escape(
            f"Plot of the embedding: {result.total:,} images, the {n_kept:,} kept ones marked."
        ),
        importance_sentence=escape(_tiles_sentence(result)),
        tiles="".join(
            _tile(rank, kept, score)
            for rank, (kept, score) in enumerate(
                zip(result.kept[:MOST_TILES], result.scores, strict=False), 1
            )
        ),
        curves="".join(_curve(result, *curve) for curve in CURVES),
        data=_json({"total": result.total, "curves": [_curve_data(result, *curve[:2]) for curve in CURVES]}),
        footer=_footer(result, made_by),
        **_dots(result),
    )


def _sentence(result: Result) -> str:
    mean, radius = (
        f'<b data-gain="{name}">{gain(result.curve[-1][column], result.random_curve[-1][column])}</b>'
        for name, column, _ in CURVES
    )
    return (
        f"The average image is {mean} to a kept one than with "
        f"<span data-k>{len(result.kept):,}</span> chosen at random; the farthest is {radius}."
    )


def gain(value: float, random: float) -> str:
    """Return in words how a distance compares with the one of a random choice."""
    percent = round(100 * (1 - value / random)) if random > 0 else 0
    if percent == 0:
        return "no closer"
    return f"{percent} % closer" if percent > 0 else f"{-percent} % farther"


def _facts(result: Result) -> list[tuple[str, str, str]]:
    refused = f"{result.problems:,} files refused" if result.problems else "no file refused"
    share = 100 * len(result.kept) / max(result.total, 1)
    facts = [
        ("Images", f"{result.total:,}", refused),
        ("Share kept", f"<span data-share>{share:.1f} %</span>", "of all images"),
    ]
    for kind, name in (("ingest", "Read at"), ("embed", "Encoded at")):
        if kind in result.speeds:
            facts.append((name, f"{result.speeds[kind]:,.0f}", "images per second"))
    return facts


def _tiles_sentence(result: Result) -> str:
    importance = f"The number on the right is the importance. {strategies[result.strategy].importance_means}"
    if len(result.kept) > MOST_TILES:
        return f"{importance} Here are the first {MOST_TILES} of {len(result.kept):,}; chosen.txt lists all."
    return importance


def _dots(result: Result) -> dict[str, str | float]:
    place = fitted(result.points, PLOT, margin=44)
    radius = dot_radius(len(place), min(PLOT))
    kept = result.positions
    others = np.setdiff1d(np.flatnonzero(np.isfinite(place).all(axis=1)), kept)
    others = others[:: -(-len(others) // MOST_POINTS) or 1]
    size = f'r="{radius * 2.3:.1f}" stroke-width="{radius * 0.6:.1f}"'
    circles = [
        f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" {size} data-rank="{rank}"/>'
        for rank, (x, y) in enumerate(place[kept], 1)
        if np.isfinite(x)
    ]
    return {
        "others": "".join(f"M{x:.1f} {y:.1f}h0" for x, y in place[others]),
        "diameter": round(2 * radius, 2),
        "dots": "".join(reversed(circles)),  # the best on top
    }


def _curve(result: Result, name: str, column: int, title: str) -> str:
    data = _curve_data(result, name, column)
    ours = "M" + "L".join(f"{x} {y}" for x, y in zip(data["x"], data["y"], strict=True))
    by_chance = "M" + "L".join(f"{x} {y}" for x, y in zip(data["x"], data["random_y"], strict=True))
    lines = "".join(f'<path class="grid-line" d="M0 {y}H{CURVE[0]}"/>' for y in (0, 25, 50, 75, 100))
    value, random = result.curve[-1][column], result.random_curve[-1][column]
    words = (
        f"{title}: {short(value)} with {result.curve[-1][0]:,} kept; a random choice ends at {short(random)}."
    )
    return (
        f'<section class="curve" id="{name}"><h2>{escape(title)}</h2>'
        f'<p class="reading"><b data-value>{short(value)}</b>'
        f"<span>random <span data-random>{short(random)}</span></span></p>"
        f'<svg viewBox="0 0 {CURVE[0]} {CURVE[1]}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(words)}">{lines}'
        f'<path class="line random" d="{by_chance}"/><path class="line" d="{ours}"/>'
        f'<path class="now" d="M{data["x"][-1]} {data["y"][-1]}h0"/></svg></section>'
    )


def _curve_data(result: Result, name: str, column: int) -> CurveData:
    curve, by_chance = _finite(result.curve, column), _finite(result.random_curve, column)
    last = max(curve[-1][0], 2)
    highest = max(value for _, value in (*curve, *by_chance)) or 1.0
    at = np.interp([k for k, _ in curve], [k for k, _ in by_chance], [value for _, value in by_chance])
    return {
        "id": name,
        "k": [k for k, _ in curve],
        "value": [value for _, value in curve],
        "random": [float(value) for value in at],
        "x": [round(CURVE[0] * (k - 1) / (last - 1), 2) for k, _ in curve],
        "y": [round(CURVE[1] * (1 - value / highest), 2) for _, value in curve],
        "random_y": [round(CURVE[1] * (1 - float(value) / highest), 2) for value in at],
    }


def _finite(curve: Curve, column: int) -> list[tuple[int, float]]:
    return [(point[0], float(point[column])) for point in curve if np.isfinite(point[column])]


def _tile(rank: int, kept: Kept, score: str) -> str:
    image = f'src="{data_uri(kept.picture)}" alt="{escape(kept.label)}"'
    if has_alpha(kept.picture):
        image += ' class="cut"'
    return (
        f'<li tabindex="{0 if rank == 1 else -1}" data-importance="{score}">'
        f'<div class="pic"><img {image}></div>'
        f'<div class="cap"><b>{rank}</b><span>{score}</span></div>'
        f'<span class="name" title="{escape(kept.name)}">{escape(kept.label)}</span></li>'
    )


def data_uri(picture: Image.Image, side: int = 176) -> str:
    """Return a small copy of the picture as a data URI: a cut-out as PNG, a photograph as JPEG."""
    output = io.BytesIO()
    if has_alpha(picture):
        contained(picture, min(side, max(picture.size))).quantize(128).save(output, "PNG", optimize=True)
        kind = "png"
    else:
        covering(picture, side).save(output, "JPEG", quality=82, optimize=True)
        kind = "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(output.getvalue()).decode()}"


def short(value: float) -> str:
    """Return a distance with as many digits as it deserves."""
    return f"{value:.3f}" if value < 0.095 else f"{value:.2f}"


def _footer(result: Result, made_by: str) -> str:
    lines = [
        f"Strategy {escape(result.strategy)}, encoder {escape(result.encoder)}, seed {result.seed}.",
        f"Tag digest <code>{escape(result.digest)}</code>",
        f"Repeat it: <code>{escape(made_by)}</code>",
        "Beside this page: " + ", ".join(f'<a href="{name}">{name}</a>' for name in BESIDE),
    ]
    return "".join(f"<div>{line}</div>" for line in lines)


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")
