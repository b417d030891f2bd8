"""Draws the charts of the page as SVG without scripts and without references to the network.

pygal computes the axes and the shapes. Its style sheet, its script, its legend and its hints for the script are left
out: the page has one style sheet for all charts, and a legend that folds on a phone.
"""

import math
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from oss_cdn_refresh_cli.reporting.page.markup import Markup, element, joined
from oss_cdn_refresh_cli.reporting.page.spelling import number
from oss_cdn_refresh_cli.shared.errors import Failed

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

WIDTH, HEIGHT = 480, 230  # of the drawing; a phone shows it at three quarters of this size
DROPPED = frozenset({"desc", "title", "script", "style", "defs"})
EMPTY = re.compile("overlay|titles")  # classes of groups that the script would fill
LADDER = (1, 10, 60, 600, 3_600, 36_000, 86_400, 864_000)  # seconds: the marks of a logarithmic axis of time
LARGEST = 14  # pixels: the labels on a phone, for which the margins have to suffice
LABELS = 8  # of the x axis, at most
MARKS = 4  # of an axis of counts, at most

_long_number = re.compile(r"(\d+\.\d)\d+").sub


class Series(NamedTuple):
    """A line, or the bars of one colour. A limit is drawn dashed."""

    name: str
    values: Sequence[float | None]
    limit: bool = False


class Mark(NamedTuple):
    """An hour on the x axis."""

    label: str
    midnight: bool


def check() -> None:
    """Check that charts can be drawn.

    :raises Failed: the package is not installed.
    """
    _library()


def bars(title: str, hours: Sequence[Mark], series: Sequence[Series]) -> Markup:
    """Bars on top of each other, one for each hour. The section has the same title."""
    most = max(sum(filter(None, values)) for values in zip(*(each.values for each in series), strict=True))
    return _drawn(_library().StackedBar, title, hours, series, heading=None, **_counts(most))


def lines(title: str, hours: Sequence[Mark], series: Sequence[Series]) -> Markup:
    """Lines of counts."""
    most = max(value or 0 for each in series for value in each.values)
    return _drawn(_library().Line, title, hours, series, heading=title, **_counts(most))


def times(title: str, hours: Sequence[Mark], series: Sequence[Series], spoken: Callable[[float], str]) -> Markup:
    """Lines of times in seconds, on a logarithmic axis. spoken: a time as a label."""
    least, most = LADDER[0], LADDER[-1]
    held = [
        each._replace(values=[None if value is None else min(max(value, least), most) for value in each.values])
        for each in series
    ]
    longest = max((value for each in held for value in each.values if value is not None), default=least)
    top = next(step for step in LADDER[1:] if step >= longest)
    labels = [{"value": step, "label": spoken(step)} for step in LADDER if step <= top]
    options = {"logarithmic": True, "range": (least, top), "y_labels": labels}
    return _drawn(_library().Line, title, hours, held, heading=title, **options)


def _library() -> Any:
    try:
        import pygal  # noqa: PLC0415 - an extra of the package
    except ImportError as error:
        raise Failed(
            "the page needs the package pygal: pip install 'oss-cdn-refresh[report]' (in a clone: pip install "
            "'.[report]'), or give --json instead of -o"
        ) from error
    return pygal


def _drawn(
    kind: Any, title: str, hours: Sequence[Mark], series: Sequence[Series], *, heading: str | None, **options: Any
) -> Markup:
    from pygal.etree import etree  # noqa: PLC0415 - an extra of the package
    from pygal.style import Style  # noqa: PLC0415 - as above

    etree.to_etree()  # also where lxml is installed, whose elements differ
    chart = kind(
        width=WIDTH,
        height=HEIGHT,
        margin=6,
        show_legend=False,
        dots_size=1.6,
        show_minor_x_labels=False,
        truncate_label=-1,
        style=Style(label_font_size=LARGEST, major_label_font_size=LARGEST),
        x_labels=[hour.label for hour in hours],
        **options,
    )
    chart.x_labels_major = _labelled(hours)
    for each in series:
        chart.add(each.name, list(each.values))
    root = chart.render_tree()
    _strip(root)
    root.attrib.pop("xmlns", None)
    root.attrib.pop("id", None)
    root.attrib |= {"role": "img", "aria-label": title}
    for group in root.iter("g"):
        name, _, number = group.get("class", "").partition(" serie-")
        if name == "series" and series[int(number.split()[0])].limit:
            group.set("class", f"{group.get('class')} limit")
    svg = Markup(_long_number(r"\1", etree.tostring(root, encoding="unicode")))
    return element("figure", element("figcaption", heading, _legend(series)), svg)


def _counts(most: float) -> dict[str, Any]:
    """The options of an axis of whole numbers, with few marks."""
    steps = (factor * 10**power for power in range(20) for factor in (1, 2, 5))
    step = next(step for step in steps if step * MARKS >= most)
    top = step * max(1, math.ceil(most / step))
    return {
        "range": (0, top),
        "y_labels": [{"value": mark, "label": number(mark)} for mark in range(0, top + 1, step)],
    }


def _legend(series: Sequence[Series]) -> Markup:
    return element(
        "span",
        joined(
            element(
                "span", element("span", class_=f"key color-{number}{' limit' * each.limit}"), each.name, class_="entry"
            )
            for number, each in enumerate(series)
        ),
        class_="legend",
    )


def _labelled(hours: Sequence[Mark]) -> list[str]:
    """The labels that are shown: each midnight, or every few hours of a day or two."""
    midnights = [hour.label for hour in hours if hour.midnight]
    if len(midnights) > 2:  # noqa: PLR2004 - more than two days
        return midnights[:: -(-len(midnights) // LABELS)]
    step = next(step for step in (1, 2, 3, 6, 12) if len(hours) <= step * LABELS or step == 12)  # noqa: PLR2004 - hours
    return [hour.label for hour in hours if hour.midnight or int(hour.label[:2]) % step == 0]


def _strip(parent: "Element") -> None:
    """Remove everything that needs a script, and comments."""
    for child in list(parent):
        if not isinstance(child.tag, str) or child.tag in DROPPED or EMPTY.search(child.get("class", "")):
            parent.remove(child)
        else:
            _strip(child)
