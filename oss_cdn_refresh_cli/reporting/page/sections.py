"""The sections of the page, one function each: from the figures that `--json` prints to HTML."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from oss_cdn_refresh_cli.reporting.page import charts
from oss_cdn_refresh_cli.reporting.page.axis import Axis
from oss_cdn_refresh_cli.reporting.page.charts import Series
from oss_cdn_refresh_cli.reporting.page.markup import Markup, element, joined
from oss_cdn_refresh_cli.reporting.page.spelling import moment, number, spoken
from oss_cdn_refresh_cli.reporting.page.tables import Column, Row, table
from oss_cdn_refresh_cli.reporting.page.texts import Texts

CODES = 6  # colours of refusal codes; all other codes are one
KINDS = ("urls_today", "directories_today", "ignore_params_today")


def section(title: str, *content: object) -> Markup:
    """A section with its heading."""
    return element("section", element("h2", title), *content)


def note(text: str) -> Markup:
    """A sentence about the figures."""
    return element("p", text, class_="note")


def items(figures: Row, axis: Axis, texts: Texts) -> Markup:
    """Refreshed, deferred and dead-lettered items by the hour."""
    names = ("refreshed", "deferred", "dead_lettered")
    series = [Series(getattr(texts, name), axis.of(name)) for name in names]
    chart = charts.bars(texts.items_by_hour, axis.marks, series)
    columns = [Column(texts.reason, "reason"), Column(texts.items, "items", figure=True)]
    columns.append(Column(texts.oldest, lambda row: _minutes(row.get("oldest_minutes"), texts), figure=True))
    reasons = table(texts.deferred_reasons, columns, figures["deferred"], texts, wide=False)
    return section(texts.items_by_hour, note(texts.items_note), _side_by_side(chart, reasons))


def times(figures: Row, axis: Axis, texts: Texts) -> Markup:
    """The times to the acceptance and to the confirmation, with the lines of the alarms."""
    late = {"lag": figures["late_seconds"], "fresh": 60 * figures["unconfirmed_minutes"]}
    titles = {"lag": texts.time_to_acceptance, "fresh": texts.time_to_confirmation}
    notes = {"lag": texts.time_to_acceptance_note, "fresh": texts.time_to_confirmation_note}
    said = partial(spoken, texts=texts)
    names = {"median_seconds": texts.median, "p95_seconds": texts.p95, "longest_seconds": texts.longest}
    parts = []
    for which, limit in late.items():
        series = [Series(name, axis.of(which, field)) for field, name in names.items()]
        series.append(Series(f"{texts.alarm} {said(limit)}", [limit] * len(axis.marks), limit=True))
        whole = figures["sum"][which]
        sums = ", ".join(f"{name} {said(whole[field])}" for field, name in names.items())
        chart = charts.times(titles[which], axis.marks, series, said)
        parts.append(element("div", chart, element("p", sums), note(notes[which].format(late=said(limit)))))
    return section(texts.times, _side_by_side(*parts))


def quota(figures: Row, axis: Axis, texts: Texts) -> Markup:
    """The quota that each product has used since the reset, and the forecasts."""
    used = figures["quota_used"]
    targets = sorted({row["target"] for row in used})
    urls = [Series(target, axis.since_reset(used, target, KINDS[0])) for target in targets]
    others = [
        Series(f"{target}: {name}", axis.since_reset(used, target, kind))
        for target in targets
        for kind, name in zip(KINDS[1:], (texts.directories, texts.ignore_params), strict=True)
        if any(row[kind] for row in used if row["target"] == target)
    ]
    drawn = ((texts.urls_used, urls), (texts.directories_used, others))
    columns = [
        Column(texts.product, "target"),
        Column(texts.object_type, "object_type"),
        *(Column(getattr(texts, name), name, figure=True) for name in ("left", "needed", "short")),
        Column(texts.done_by, lambda row: _time(row["done_by"]), figure=True),
    ]
    forecasts = figures["quota_forecast"]
    return section(
        texts.quota,
        note(texts.quota_note),
        _side_by_side(*(charts.lines(title, axis.marks, series) for title, series in drawn if series)),
        table(texts.forecast, columns, forecasts, texts) if forecasts else note(texts.no_forecast),
    )


def refusals(figures: Row, axis: Axis, texts: Texts) -> Markup:
    """The codes of refused calls by the hour."""
    codes = list(figures["sum"]["refused"])
    shown = codes[:CODES]
    series = [Series(code, axis.of("refused", code)) for code in shown]
    if codes[CODES:]:
        rest = [axis.of("refused", code) for code in codes[CODES:]]
        series.append(Series(texts.others, [sum(filter(None, each)) for each in zip(*rest, strict=True)]))
    columns = [
        Column(texts.product, "target"),
        Column(texts.code_of_refusal, "code"),
        Column(texts.means, "means"),
        Column(texts.calls, "calls", figure=True),
    ]
    chart = [charts.bars(texts.refusals, axis.marks, series)] if series else []
    content = _side_by_side(*chart, table("", columns, figures["refused"], texts, wide=False)) if chart else texts.none
    return section(texts.refusals, note(texts.refusals_note), content)


def planner(figures: Row, axis: Axis, texts: Texts) -> Markup:
    """The directories that replaced URLs, with their collateral."""
    columns = [
        Column(texts.directories, lambda row: " ".join(row["directories"]) + (" …" if row["cut"] else "")),
        Column(texts.product, "target"),
        *(Column(getattr(texts, name), name, figure=True) for name in ("plans", "items", "collateral")),
        Column(texts.estimated, lambda row: texts.yes if row["estimated"] else texts.no),
    ]
    rows = figures["directories"]
    series = [Series(getattr(texts, name), axis.of(name)) for name in ("replaced", "collateral")]
    whole = figures["sum"]
    chart = [charts.bars(texts.planner, axis.marks, series)] if whole["replaced"] or whole["collateral"] else []
    content = [note(texts.planner_note), *chart, table("", columns, rows, texts)] if chart or rows else [texts.none]
    return section(texts.planner, *content)


def confirmations(figures: Row, axis: Axis, texts: Texts) -> Markup:
    """What became of accepted items."""
    names = ("confirmed", "failed", "given_up")
    series = [Series(getattr(texts, name), axis.of(name)) for name in names]
    failed = [
        Column(texts.description, "description"),
        Column(texts.product, "target"),
        Column(texts.items, "items", figure=True),
    ]
    unconfirmed = [Column(texts.reason, "reason"), Column(texts.items, "items", figure=True)]
    tables = joined(
        [
            table(texts.failed, failed, figures["refresh_failed"], texts, wide=False),
            table(texts.given_up, unconfirmed, figures["unconfirmed"], texts, wide=False),
        ]
    )
    chart = charts.bars(texts.confirmations, axis.marks, series)
    return section(texts.confirmations, note(texts.confirmations_note), _side_by_side(chart, element("div", tables)))


def dead_letters(figures: Row, _axis: Axis, texts: Texts) -> Markup:
    """The dead letters by reason, each with its remedy."""
    columns = [
        Column(texts.reason, "reason"),
        Column(texts.items, "items", figure=True),
        Column(texts.remedy, "remedy"),
    ]
    rows = figures["dead_letters"]
    content = [note(texts.dead_letters_note), table("", columns, rows, texts)] if rows else [texts.none]
    return section(texts.dead_letters, *content)


def prefixes(figures: Row, _axis: Axis, texts: Texts) -> Markup:
    """The busiest prefixes, by the URLs that the log names."""
    found = figures["prefixes"]
    columns = [
        Column(texts.prefix, "prefix"),
        Column(texts.calls_named, "calls", figure=True),
        *(Column(getattr(texts, name), name, figure=True) for name in ("deferred", "dead_lettered", "failed")),
    ]
    told = texts.prefixes_note.format(named=number(found["named"]), items=number(found["items"]))
    return section(texts.prefixes, note(told), table("", columns, found["busiest"], texts))


def hours(figures: Row, _axis: Axis, texts: Texts) -> Markup:
    """The hours as a table, for those who do not see the charts."""
    columns = [
        Column("UTC+8", lambda row: moment(row["hour"])[5:]),
        *(Column(getattr(texts, name), name, figure=True) for name in ("refreshed", "deferred", "dead_lettered")),
        Column(texts.median, lambda row: spoken(row["lag"]["median_seconds"], texts), figure=True),
        Column(texts.confirmed, "confirmed", figure=True),
    ]
    return section(texts.by_the_hour, table("", columns, figures["hours"][::-1], texts, wide=False))


ALL: Sequence[Callable[[Mapping[str, Any], Axis, Texts], Markup]] = (
    *(items, times, dead_letters, quota, refusals, planner, confirmations, prefixes, hours),
)


def _side_by_side(*parts: object) -> Markup:
    return element("div", *parts, class_="charts")


def _minutes(minutes: float | None, texts: Texts) -> str:
    return spoken(None if minutes is None else 60 * minutes, texts)


def _time(stamped: str | None) -> str:
    """A time of a line, which can be any text."""
    try:
        return moment(stamped)
    except ValueError:
        return str(stamped)
