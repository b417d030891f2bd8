"""Makes the stand-in give each of the two answers to the questions about DCDN, and about DCDN and ESA alike."""

from probed import Lines, Probed, Turn, nothing
from three import HOST

from oss_cdn_refresh_box.cdn.describing import Described, Function
from oss_cdn_refresh_box.cdn.edge import Behaviour


def shares_its_quota(probed: Probed) -> None:
    """CDN and DCDN have one quota."""
    probed.cdn.ledger = probed.dcdn.ledger


def reads_no_form(probed: Probed) -> None:
    """DCDN reads the query only."""
    probed.dcdn.limits = probed.dcdn.limits._replace(reads_form=False)


def takes_short_queries(probed: Probed) -> None:
    """DCDN takes queries of 4 KiB."""
    probed.dcdn.limits = probed.dcdn.limits._replace(query_bytes=4_096)


def only_ex_query(probed: Probed) -> None:
    """DCDN accepts only the other name of the type."""
    probed.dcdn.limits = probed.dcdn.limits._replace(ignore_params_types=frozenset({"ExQuery"}))


def takes_a_thousand_a_minute(probed: Probed) -> None:
    """DCDN takes 1,000 URLs a minute and domain."""
    probed.dcdn.limits = probed.dcdn.limits._replace(urls_per_minute_per_domain=1_000)


def has_a_custom_key(probed: Probed) -> None:
    """The domain has a custom cache key, under which a refresh by URL finds copies."""
    probed.dcdn.described[HOST["dcdn"]] = Described(functions=(Function("self_defined_cachekey"),))


def finds_no_custom_key(probed: Probed) -> None:
    """The domain has a custom cache key, under which a refresh by URL finds no copy."""
    has_a_custom_key(probed)
    probed.edge.behaviour = Behaviour(custom_keys=frozenset({HOST["dcdn"]}))


def keeps_schemes_apart(probed: Probed) -> None:
    """A refresh of an https URL leaves the copies of visitors by http."""
    probed.edge.behaviour = Behaviour(schemes_apart=True)


MINUTE = "limits: {dcdn: {urls_per_minute_per_domain: 2500}}"

TURNS: dict[str, Turn | Lines] = {
    "dcdn-shared-quota": Turn(shares_its_quota, product="dcdn"),
    "dcdn-parameters": Turn(reads_no_form, product="dcdn"),
    "query-length": Turn(takes_short_queries, product="dcdn", setting="limits: {dcdn: {urls_per_call: 50}}"),
    "ignore-params-of-dcdn-esa": Turn(only_ex_query, product="dcdn"),
    "dcdn-minute": Turn(nothing, assumed=takes_a_thousand_a_minute, product="dcdn", setting=MINUTE),
    "dcdn-custom-key": Turn(has_a_custom_key, assumed=finds_no_custom_key, product="dcdn"),
    "schemes-of-dcdn-esa": Turn(keeps_schemes_apart, product="dcdn"),
}
