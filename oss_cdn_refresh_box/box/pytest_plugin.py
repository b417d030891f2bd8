"""The fixture `oss_cdn_box` of pytest: a cloud in a box for one test.

The marker sets the content of the box; its arguments are the fields of `Terms`:

    @pytest.mark.oss_cdn_box(buckets=["my-site"], domains=["www.example.com=my-site"], notify="changes")
    def test_...(oss_cdn_box): ...

pytest loads this module in every project of an environment, so it imports nothing but pytest until a test uses it.
"""

from typing import TYPE_CHECKING

import pytest

from oss_cdn_refresh_box.box import MISSING, NEEDED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oss_cdn_refresh_box.box.opened import Box

MARKER = "oss_cdn_box"


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", f"{MARKER}(**terms): the content of the cloud of the fixture {MARKER}")


@pytest.fixture
def oss_cdn_box(request: pytest.FixtureRequest) -> "Iterator[Box]":
    """OSS, CDN, DCDN, ESA with an edge, SMQ and Function Compute on 127.0.0.1, new for each test."""
    try:
        from oss_cdn_refresh.model.errors import ConfigurationError  # noqa: PLC0415 - only where a test uses it
        from oss_cdn_refresh_box.box import marked  # noqa: PLC0415 - only where a test uses it
        from oss_cdn_refresh_box.box.opened import Box  # noqa: PLC0415 - only where a test uses it
        from oss_cdn_refresh_cli.deployment.reading.variables import TemplateError  # noqa: PLC0415 - only where a test uses it
        from oss_cdn_refresh_cli.shared.errors import Failed  # noqa: PLC0415 - only where a test uses it
    except ModuleNotFoundError as error:
        if error.name != NEEDED:
            raise
        pytest.fail(MISSING, pytrace=False)
    marker = request.node.get_closest_marker(MARKER)
    try:
        box = Box(marked.terms(marker.args, marker.kwargs)) if marker else Box()
    except (ConfigurationError, Failed, TemplateError) as error:
        pytest.fail(f"the marker {MARKER}: {error}", pytrace=False)
    with box:
        yield box
