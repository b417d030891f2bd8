"""Further answers to questions about refreshes: most stay open, where what was seen decides nothing."""

import pytest
from asking import ask
from probed import Probed
from three import HOST
from turns_refreshes import behaves, hosted, shared

from oss_cdn_refresh_box.cdn import Origin
from oss_cdn_refresh_box.oss import Website

OF_QUERIES = ["directory-queries", "bare-url"]
COMPARING = ["spellings", *OF_QUERIES, "directory-headers", "every-node"]
OF_WEBSITES = ["error-page", "home-page"]


@pytest.mark.parametrize("name", OF_QUERIES)
def test_a_domain_that_ignores_parameters_tells_nothing_about_queries(probed: Probed, name: str) -> None:
    behaves(ignores_queries=True)(probed)
    assert ask(probed, name) == (
        "not tried",
        "the domain ignores parameters, so that all queries of a URL have one copy: give a domain without that setting",
    )


@pytest.mark.parametrize("name", COMPARING)
def test_a_refresh_without_any_effect_decides_nothing(probed: Probed, name: str) -> None:
    probed.edge.delay = 3_600.0
    assert ask(probed, name)[0] == "unclear"


@pytest.mark.parametrize("name", [*COMPARING, "raw-characters"])
def test_a_domain_whose_refreshes_are_refused_decides_nothing(probed: Probed, name: str) -> None:
    probed.cdn.domains[HOST["cdn"]] = "InvalidDomain.Offline"
    assert ask(probed, name)[0] == "unclear"


def test_a_slow_refresh_of_a_shared_cache_is_seen_at_the_second_look(probed: Probed) -> None:
    shared(finds=True)(probed)
    probed.edge.delay = 600.0
    assert ask(probed, "shared-cache")[0] == "otherwise"


def test_a_domain_with_a_cache_of_its_own_tells_nothing_about_shared_ones(probed: Probed) -> None:
    assert ask(probed, "shared-cache") == (
        "not tried",
        "the domain shares no cache: give a domain with the setting rewrite_host",
    )


@pytest.mark.parametrize("name", OF_WEBSITES)
def test_a_bucket_without_website_hosting_tells_nothing_about_its_pages(probed: Probed, name: str) -> None:
    assert ask(probed, name) == ("not tried", "BUCKET has no website hosting: give a test bucket that has")


def test_sub_directory_home_pages_that_are_on_tell_nothing_about_those_that_are_off(probed: Probed) -> None:
    probed.oss.stock("my-site", {"index.html": b"home"})
    probed.oss.websites["my-site"] = Website()
    assert ask(probed, "home-page") == (
        "not tried",
        "sub-directory home pages are on: give a test bucket that has them off",
    )


def test_another_page_than_the_home_page_decides_nothing(probed: Probed) -> None:
    hosted()(probed)
    probed.oss.websites["my-site"] = Website()
    probed.edge.origins[HOST["cdn"]] = [Origin(f"{probed.oss.url}/my-site", index_page="", error_page="404.html")]
    assert ask(probed, "home-page") == (
        "unclear",
        "the edge answers 200 and another page: is the bucket private, or the URL rewritten?",
    )


def test_a_website_without_an_error_page_tells_nothing_about_it(probed: Probed) -> None:
    hosted()(probed)
    assert ask(probed, "error-page")[0] == "not tried"


def test_a_bucket_that_shows_visitors_no_error_page_decides_nothing(probed: Probed) -> None:
    probed.oss.websites["my-site"] = Website(error="404.html")
    assert ask(probed, "error-page") == (
        "unclear",
        "OSS answers 404 without an ETag for a missing page: is the bucket public-read, and its public endpoint open?",
    )


def test_lines_without_a_refused_call_tell_nothing_about_codes(probed: Probed) -> None:
    assert probed.told("undocumented-codes", [{"event": "accepted"}])["answer"] == "not tried"


def test_images_that_are_younger_than_their_object_are_as_assumed(probed: Probed) -> None:
    probed.oss.image_time = probed.clock.now() + 60
    assert ask(probed, "image-time") == ("as assumed", "the processed image has a later Last-Modified than the object")
