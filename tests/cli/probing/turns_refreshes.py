"""How the stand-in is turned to both answers of the questions about refreshes."""

from probed import Lines, Probed, Turn

from oss_cdn_refresh_box.cdn.edge import Behaviour


def one_spelling(probed: Probed) -> None:
    """The edge has one copy for all spellings of a URL."""
    probed.edge.behaviour = Behaviour(one_spelling=True)


def only_ex_query(probed: Probed) -> None:
    """The CDN knows the type by its other name only."""
    probed.cdn.limits = probed.cdn.limits._replace(ignore_params_types=frozenset({"ExQuery"}))


TURNS: dict[str, Turn | Lines] = {
    "spellings": Turn(one_spelling, setting="spellings: browser"),
    "ignore-params-name": Turn(only_ex_query, setting="ignore_params_type: ExQuery"),
}
