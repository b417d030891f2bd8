"""The page: one HTML file that needs no script and no network, in English or Chinese."""

from collections.abc import Iterator, Mapping
from typing import Any

from oss_cdn_refresh_cli.reporting.page import charts, sections
from oss_cdn_refresh_cli.reporting.page.axis import MOST, Axis
from oss_cdn_refresh_cli.reporting.page.chinese import ZH
from oss_cdn_refresh_cli.reporting.page.english import EN
from oss_cdn_refresh_cli.reporting.page.markup import Markup, element, joined
from oss_cdn_refresh_cli.reporting.page.spelling import moment, number, spoken
from oss_cdn_refresh_cli.reporting.page.style import SHEET
from oss_cdn_refresh_cli.reporting.page.texts import Texts

# A browser that obeys it runs no script and loads nothing, even if a text were not escaped.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
LANGUAGES = {"en": EN, "zh": ZH}
SUMS = ("changes", "refreshed", "deferred", "dead_lettered", "confirmed", "failed")


def page(figures: Mapping[str, Any], language: str) -> str:
    """The page about the figures of at least one line; `figures` has the counts of lines as `lines`.

    :raises Failed: the package that draws the charts is not installed.
    """
    charts.check()
    texts = LANGUAGES[language]
    axis = Axis(figures["hours"])
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("title", texts.title),
        element("style", Markup(SHEET)),
    )
    body = element(
        "body",
        _header(figures, axis, texts),
        _attention(list(found(figures, texts)), texts),
        _cards(figures["sum"], texts),
        joined(part(figures, axis, texts) for part in sections.ALL),
    )
    return f"<!doctype html>\n{element('html', head, body, lang=texts.code)}\n"


def found(figures: Mapping[str, Any], texts: Texts) -> Iterator[str]:
    """What a person has to look at, the most urgent first."""
    whole = figures["sum"]
    for row in figures["product_refusals"]:
        yield texts.refused_found.format(target=row["target"], code=row["code"], remedy=row["remedy"])
    counted = (
        (texts.unaccounted_found, sum(row["lines"] for row in figures["unaccounted"])),
        (texts.dead_letters_found, whole["dead_lettered"]),
        (texts.unreadable_found, whole["unreadable"]),
        (texts.failed_found, whole["failed"]),
        (texts.unconfirmed_found, sum(row["items"] for row in figures["unconfirmed"])),
    )
    yield from (text.format(count=number(count)) for text, count in counted if count)
    for row in figures["quota_forecast"]:
        if row["short"]:
            yield texts.short_found.format(target=row["target"], count=number(row["short"]), kind=row["object_type"])
    late = sum((hour["lag"]["median_seconds"] or 0) > figures["late_seconds"] for hour in figures["hours"])
    if late:
        yield texts.late_found.format(count=late)


def _header(figures: Mapping[str, Any], axis: Axis, texts: Texts) -> Markup:
    lines = figures["lines"]
    counts = {name: number(count) for name, count in lines.items()}
    spoiled = (
        element("strong", texts.unreadable_lines.format(**counts)) if lines["broken"] or lines["untimed"] else None
    )
    return element(
        "header",
        element("h1", texts.title),
        element("p", texts.period.format(from_=moment(figures["from"]), until=moment(figures["until"]))),
        element("p", texts.lines.format(**counts), " ", spoiled),
        None if axis.all else element("p", texts.days_shown.format(hours=MOST)),
    )


def _attention(sentences: list[str], texts: Texts) -> Markup:
    if not sentences:
        return element("div", texts.nothing, class_="attention calm")
    listed = element("ul", joined(element("li", sentence) for sentence in sentences))
    return element("div", element("h2", texts.attention), listed, class_="attention")


def _cards(whole: Mapping[str, Any], texts: Texts) -> Markup:
    values = [(getattr(texts, name), number(whole[name])) for name in SUMS]
    values += [
        (title, spoken(whole[name]["median_seconds"], texts))
        for name, title in (("lag", texts.median_to_acceptance), ("fresh", texts.median_to_confirmation))
    ]
    return element(
        "dl",
        joined(element("div", element("dt", name), element("dd", value)) for name, value in values),
        class_="cards",
    )
