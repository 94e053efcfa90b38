"""Small charts side by side, as SVG, without a plotting library."""

from collections.abc import Mapping, Sequence

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 360, 300, 56, 56, 64
INK, GRID = "#1f2933", "#d9dee4"
COLOURS = ("#0b7285", "#c2410c", "#5f3dc4", "#2b8a3e")

Series = Mapping[str, Sequence[float]]


def draw(
    title: str, ticks: Sequence[str], axis: str, panels: Sequence[tuple[str, Series]], *, joined: bool = True
) -> str:
    """Return an SVG of one panel for each (title, series); all share the ticks of their x axis.

    The y axes begin at zero, so that a small difference looks small. Where the ticks are no scale, the points
    are not `joined` by a line: each stands on a stem of its own.
    """
    width = len(panels) * WIDTH + LEFT
    body = "".join(
        _panel(LEFT + number * WIDTH, name, ticks, axis, series, joined=joined)
        for number, (name, series) in enumerate(panels)
    )
    names = list(panels[0][1])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12" fill="{INK}" role="img"><title>{title}</title>'
        f'<rect width="{width}" height="{HEIGHT}" fill="#ffffff"/>{body}{_legend(names)}</svg>\n'
    )


def _panel(left: int, title: str, ticks: Sequence[str], axis: str, series: Series, *, joined: bool) -> str:
    side, height = WIDTH - LEFT - 20, HEIGHT - TOP - BOTTOM
    most = max(max(values) for values in series.values()) or 1.0

    def x(number: int) -> float:
        if not joined:
            return left + side * (number + 0.5) / len(ticks)
        return left + (side * number / (len(ticks) - 1) if len(ticks) > 1 else side / 2)

    def y(value: float) -> float:
        return TOP + height * (1 - value / most)

    parts = [f'<text x="{left}" y="{TOP - 16}" font-weight="600">{title}</text>']
    for share in (0.0, 0.5, 1.0):
        at = y(share * most)
        parts.append(f'<path d="M{left} {at:.1f}h{side}" stroke="{GRID}"/>')
        parts.append(f'<text x="{left - 6}" y="{at + 4:.1f}" text-anchor="end">{share * most:.2g}</text>')
    for number, tick in enumerate(ticks):
        parts.append(f'<text x="{x(number):.1f}" y="{TOP + height + 18}" text-anchor="middle">{tick}</text>')
    parts.append(f'<text x="{left + side / 2}" y="{TOP + height + 36}" text-anchor="middle">{axis}</text>')
    for colour, values in zip(COLOURS, series.values(), strict=False):
        parts.append(_line([(x(number), y(value)) for number, value in enumerate(values)], colour, joined))
        parts += [
            f'<circle cx="{x(number):.1f}" cy="{y(value):.1f}" r="3" fill="{colour}"/>'
            for number, value in enumerate(values)
        ]
    return "".join(parts)


def _line(points: Sequence[tuple[float, float]], colour: str, joined: bool) -> str:
    if joined:
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        return f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>'
    stems = "".join(f"M{x:.1f} {HEIGHT - BOTTOM}V{y:.1f}" for x, y in points)
    return f'<path d="{stems}" stroke="{colour}" stroke-width="2"/>'


def _legend(names: Sequence[str]) -> str:
    parts, left = [], LEFT
    for colour, name in zip(COLOURS, names, strict=False):
        if not name:
            continue
        parts.append(f'<rect x="{left}" y="{HEIGHT - 18}" width="12" height="4" fill="{colour}"/>')
        parts.append(f'<text x="{left + 18}" y="{HEIGHT - 12}">{name}</text>')
        left += 40 + 7 * len(name)
    return "".join(parts)
