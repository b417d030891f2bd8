"""Further answers to questions about refreshes: most of them are `unclear` or `not tried`."""

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
def test_questions_about_queries_are_not_tried_if_the_domain_ignores_parameters(probed: Probed, name: str) -> None:
    behaves(ignores_queries=True)(probed)
    assert ask(probed, name) == (
        "not tried",
        "the domain ignores parameters, so all queries of a URL have one copy: give a domain without Ignore Parameters",
    )


@pytest.mark.parametrize("name", COMPARING)
def test_a_question_is_unclear_if_its_refresh_has_no_effect(probed: Probed, name: str) -> None:
    probed.edge.delay = 3_600.0
    assert ask(probed, name)[0] == "unclear"


@pytest.mark.parametrize("name", [*COMPARING, "raw-characters"])
def test_a_question_is_unclear_if_refreshes_of_the_domain_are_refused(probed: Probed, name: str) -> None:
    probed.cdn.domains[HOST["cdn"]] = "InvalidDomain.Offline"
    assert ask(probed, name)[0] == "unclear"


def test_a_slow_refresh_of_a_shared_cache_is_found_by_the_second_request(probed: Probed) -> None:
    shared(finds=True)(probed)
    probed.edge.delay = 600.0
    assert ask(probed, "shared-cache")[0] == "otherwise"


def test_a_shared_cache_is_not_tried_if_the_domain_has_none(probed: Probed) -> None:
    assert ask(probed, "shared-cache") == (
        "not tried",
        "the domain shares no cache: give a domain with the setting rewrite_host",
    )


@pytest.mark.parametrize("name", OF_WEBSITES)
def test_questions_about_pages_are_not_tried_without_website_hosting(probed: Probed, name: str) -> None:
    assert ask(probed, name) == ("not tried", "BUCKET has no website hosting: give a test bucket with website hosting")


def test_the_home_page_is_not_tried_while_sub_directory_home_pages_are_on(probed: Probed) -> None:
    probed.oss.stock("my-site", {"index.html": b"home"})
    probed.oss.websites["my-site"] = Website()
    assert ask(probed, "home-page") == (
        "not tried",
        "sub-directory home pages are on: give a test bucket that has them off",
    )


def test_another_page_than_the_home_page_is_unclear(probed: Probed) -> None:
    hosted()(probed)
    probed.oss.websites["my-site"] = Website()
    probed.edge.origins[HOST["cdn"]] = [Origin(f"{probed.oss.url}/my-site", index_page="", error_page="404.html")]
    assert ask(probed, "home-page") == (
        "unclear",
        "the edge answers 200 and another page: is the bucket private, or the URL rewritten?",
    )


def test_the_error_page_is_not_tried_if_the_website_has_none(probed: Probed) -> None:
    hosted()(probed)
    assert ask(probed, "error-page")[0] == "not tried"


def test_the_error_page_is_unclear_if_visitors_do_not_get_it(probed: Probed) -> None:
    probed.oss.websites["my-site"] = Website(error="404.html")
    assert ask(probed, "error-page") == (
        "unclear",
        "OSS answers 404 without an ETag for a missing page: is the bucket public-read, and its public endpoint open?",
    )


def test_codes_are_not_tried_without_a_line_about_a_refused_call(probed: Probed) -> None:
    assert probed.answer_from_logs("undocumented-codes", [{"event": "accepted"}])["answer"] == "not tried"


def test_images_that_are_newer_than_their_object_are_as_assumed(probed: Probed) -> None:
    probed.oss.image_time = probed.clock.now() + 60
    assert ask(probed, "image-time") == ("as assumed", "the processed image has a later Last-Modified than the object")
