"""Charts as ECharts options: data, no code.

Invariant: a chart says nothing that the table beside it does not say; texts in it are drawn on a canvas and
never parsed as markup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Option = dict[str, Any]
Number = Decimal | float | int | None

PALETTE = ["#a32a21", "#2f7fb8", "#00775a", "#c25a00", "#7a1f6b", "#857d6f"]
TEXT_STYLE = {"fontFamily": "system-ui, PingFang SC, Noto Sans CJK SC, Microsoft YaHei, sans-serif"}
NEUTRAL = "#b9b2a5"
LABELS = 220
"""Pixels beside a picture of flows for the names of its ends."""


@dataclass(frozen=True, slots=True)
class Node:
    """Something that money comes from, goes through or goes to. `color` is a number of PALETTE, None for
    neutral; `side` says where its name stands: `in` left of it, `out` right of it."""

    id: str
    label: str
    color: int | None
    side: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Money from one node to another; `title` is said of it, `address` is where it is printed."""

    source: str
    target: str
    value: float
    title: str
    address: str | None


def bars(categories: Sequence[str], series: Mapping[str, Sequence[Number]], unit: str) -> Option:
    """Horizontal bars, one group per category, the first on top."""
    option = _option(series, "bar", unit)
    option["grid"]["left"] = 28  # ECharts draws long names a little longer than it measures them
    return option | {
        "yAxis": {
            "type": "category",
            "data": list(categories),
            "inverse": True,
            "axisLabel": {"width": 150, "overflow": "break"},
        },
        "xAxis": {"type": "value", "axisLabel": {"hideOverlap": True}},
    }


def columns(categories: Sequence[str], series: Mapping[str, Sequence[Number]], unit: str) -> Option:
    """Upright bars, one group per category."""
    return _option(series, "bar", unit) | {
        "xAxis": {"type": "category", "data": list(categories)},
        "yAxis": {"type": "value"},
    }


def steps(series: Mapping[str, Sequence[tuple[str, Number]]], unit: str) -> Option:
    """Lines over days that rise in steps."""
    option = _option({name: [] for name in series}, "line", unit)
    option["legend"] |= {"show": True, "left": 150}
    for line, points in zip(option["series"], series.values(), strict=True):
        line |= {"step": "end", "showSymbol": False, "data": [[day, _number(value)] for day, value in points]}
    return option | {"xAxis": {"type": "time"}, "yAxis": {"type": "value", "minInterval": 1}}


def under_limits(
    categories: Sequence[str],
    amounts: Mapping[str, Sequence[Number]],
    limits: Mapping[str, Sequence[Number]],
    unit: str,
) -> Option:
    """Upright bars, and over them a mark for the limit of each, in the same colour."""
    option = columns(categories, {**amounts, **limits}, unit)
    option["grid"]["top"] = 60
    option["legend"] |= {"top": 28, "left": 8}
    for number, one in enumerate(option["series"][len(amounts) :]):
        one |= {"type": "line", "symbol": "diamond", "symbolSize": 11, "lineStyle": {"type": "dashed"}}
        one["itemStyle"] = {"color": PALETTE[number % len(PALETTE)]}
    return option


def flows(nodes: Sequence[Node], links: Sequence[Link]) -> Option:
    """A picture of flows (Sankey), from left to right."""
    drawn = [
        {
            "name": node.id,
            "itemStyle": {"color": NEUTRAL if node.color is None else PALETTE[node.color]},
            "label": {"formatter": node.label.replace("{", "(").replace("}", ")")}
            | ({"position": "left" if node.side == "in" else "right"} if node.side else {}),
        }
        for node in nodes
    ]
    return {
        "animation": False,
        "textStyle": TEXT_STYLE,
        "tooltip": {"trigger": "item", "renderMode": "richText", "confine": True},
        "series": [
            {
                "type": "sankey",
                "data": drawn,
                "links": [
                    {"source": one.source, "target": one.target, "value": one.value}
                    | {"title": one.title, "address": one.address}
                    for one in links
                ],
                "left": LABELS,
                "right": LABELS,
                "top": 12,
                "bottom": 12,
                "nodeGap": 34,  # two lines of a label: its name and its amount
                "nodeWidth": 14,
                "draggable": False,
                "emphasis": {"focus": "adjacency"},
                "label": {"width": LABELS - 10, "overflow": "break", "fontSize": 12, "lineHeight": 15},
                "lineStyle": {"color": "gradient", "opacity": 0.35},
            }
        ],
    }


def _option(series: Mapping[str, Sequence[Number]], kind: str, unit: str) -> Option:
    return {
        "animation": False,
        "color": PALETTE,
        "textStyle": TEXT_STYLE,
        "grid": {"left": 8, "right": 40, "top": 44, "bottom": 8, "containLabel": True},
        "title": {"text": unit, "left": 8, "top": 8, "textStyle": {"fontSize": 12, "fontWeight": "normal"}},
        "legend": {"top": 6, "left": 110, "right": 8, "show": len(series) > 1, "type": "scroll"},
        # Rich text is drawn on the canvas; the default would build markup with inline styles.
        "tooltip": {"trigger": "axis", "renderMode": "richText", "confine": True},
        "series": [
            {"name": name, "type": kind, "barMaxWidth": 26, "data": [_number(value) for value in values]}
            for name, values in series.items()
        ],
    }


def _number(value: Number) -> float | None:
    return None if value is None else float(value)
