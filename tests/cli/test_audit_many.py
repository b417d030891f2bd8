"""An audit of 10,000 objects finds and repairs 200 changes that caused no refresh."""

import pytest
from audited import Audited, http, report

pytestmark = pytest.mark.load

KEYS = [f"img/{number:05}.jpg" for number in range(10_000)]
CHANGED = KEYS[7::50]


def test_every_stale_object_of_ten_thousand_is_found_and_made_fresh_without_a_false_alarm(site: Audited) -> None:
    site.hold(dict.fromkeys(KEYS, b"old"))
    assert site.audit("oss://my-site/img/") == report(10_000)  # and now the edge has cached them all
    site.hold(dict.fromkeys(CHANGED, b"new"))
    assert site.visit(*CHANGED) == [b"old"] * 200
    found = site.audit("oss://my-site/img/", "--repair")
    assert found == report(10_000, tuple(CHANGED), repaired=200)
    assert site.world.cdn.accepted == {("File", http(key)) for key in CHANGED}
    assert site.visit(*CHANGED) == [b"new"] * 200
