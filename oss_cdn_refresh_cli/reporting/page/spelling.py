"""How the page spells counts, time spans and times."""

from oss_cdn_refresh_cli.reporting.page.texts import Texts
from oss_cdn_refresh_cli.reporting.values import in_china


def number(count: int) -> str:
    """A count with thin spaces between thousands, which no language reads as a decimal point."""
    return f"{count:,}".replace(",", "\u2009")


def spoken(seconds: float | None, texts: Texts) -> str:
    """A time span in the unit that fits."""
    if seconds is None:
        return "–"
    value, unit = next(
        ((seconds / size, unit) for size, unit in ((3_600, texts.hour), (60, texts.minute)) if seconds >= size),
        (seconds, texts.second),
    )
    return unit.format(f"{value:.1f}".removesuffix(".0"))


def moment(stamped: str | None) -> str:
    """A time in UTC+8, without seconds."""
    return f"{in_china(stamped):%Y-%m-%d %H:%M}" if stamped else "–"
