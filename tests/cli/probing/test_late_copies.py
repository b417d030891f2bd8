"""A copy that is still old counts only after a second look, and an answer that is no copy decides nothing."""

import json

import pytest
from probed import Probed, Turn, Turned
from three import HOST
from turns_dcdn import finds_no_custom_key, keeps_schemes_apart
from turns_refreshes import behaves, shared
from waited import Pausing

from oss_cdn_refresh_box.cdn import Script
from oss_cdn_refresh_box.cdn.edge import Behaviour
from oss_cdn_refresh_box.cdn.refresh import Refresh
from oss_cdn_refresh_cli.probing.question import EFFECT, MINUTE


def late(probed: Probed, name: str, product: str) -> None:
    """The node that serves the question's copies finds all of them, but only after the first look."""
    keys = [key for key in probed.oss.objects("my-site") if f"/{name}/" in key]
    folder = keys[0].partition(f"/{name}/")[0] + f"/{name}/"
    probed.edge.behaviour, probed.edge.delay = Behaviour(), 0.0
    probed.edge.refresh(Refresh("Directory", force=True, urls=(f"http://{HOST[product]}/{folder}",)))


@pytest.mark.parametrize(
    ("name", "turn", "found"),
    [
        ("spellings", Turn(behaves(one_spelling=True), assumed=behaves()), "otherwise"),
        ("directory-queries", Turn(behaves(), assumed=behaves(directory_with_queries=False)), "otherwise"),
        ("bare-url", Turn(behaves(), assumed=behaves(bare_with_queries=False)), "as assumed"),
        ("directory-headers", Turn(behaves(), assumed=behaves()), "otherwise"),
        ("schemes-of-dcdn-esa", Turn(behaves(), assumed=keeps_schemes_apart, product="dcdn"), "as assumed"),
    ],
)
def test_a_copy_that_becomes_new_after_the_first_look_is_no_old_copy(
    probed: Probed, name: str, turn: Turn, found: str
) -> None:
    turn.assumed(probed)
    pauses = []

    def meanwhile(cloud: Probed) -> None:
        pauses.append(cloud.clock.now())
        if len(pauses) == 2:
            late(cloud, name, turn.product)

    assert probed.answer(name, turn, meanwhile)["answer"] == found


def test_an_error_page_is_no_old_copy(probed: Probed) -> None:
    origins = probed.edge.origins

    def meanwhile(cloud: Probed) -> None:
        cloud.edge.origins = origins if cloud.edge.origins == {} else {}

    assert probed.answer("every-node", Turn(behaves()), meanwhile)["answer"] == "unclear"


@pytest.mark.parametrize(
    ("name", "turned", "product"),
    [("shared-cache", shared(finds=False), "cdn"), ("dcdn-custom-key", finds_no_custom_key, "dcdn")],
)
def test_an_old_copy_whose_task_failed_decides_nothing(probed: Probed, name: str, turned: Turned, product: str) -> None:
    turned(probed)
    probed.products[product].tasks.script = lambda _type, _url, _times: Script("Failed", seconds=60.0)
    found = probed.answer(name, Turn(behaves(), product=product), lambda _probed: None)
    assert (found["answer"], "Failed" in found["seen"]) == ("unclear", True), found["seen"]


def test_a_control_that_shows_an_error_page_is_not_said_to_be_new(probed: Probed) -> None:
    began = probed.clock.now()

    def stop() -> None:
        if probed.clock.now() > began + EFFECT + MINUTE:
            probed.edge.origins = {}

    names = ("every-node", "first-look")  # the second one ends later, and does not ask the edge
    words = [word for name in names for word in ("--only", name)]
    found = json.loads(probed.run("--json", *words, clock=Pausing(probed.clock, stop)).stdout)["questions"][0]
    assert (found["answer"], "nothing shows whether old copies stay" in found["seen"]) == ("unclear", True)
