"""The deployment covers each product in use: its rights, its limits, and nothing for the others."""

from collections.abc import Mapping

import pytest
from seeding import CONFIG, Copy

TEMPLATE, STACK, CONFIGURATION = "template.yml", "infra/ros.yml", "functions/config.yml"
DCDN = "  - {bucket: my-site, domains: [dcdn.example.com], product: dcdn}\n"
ESA = "  - {bucket: my-site, domains: [esa.example.com], product: esa, esa_site_id: 123456}\n"
ALL_THREE = {"REFRESH_DCDN_DOMAINS": "dcdn.example.com", "REFRESH_ESA_SITES": "123456"}


def configured(copy: Copy, *sites: str, only: bool = False) -> None:
    """Add sites to the configuration, or write `only` these."""
    text = ("sites:\n" if only else CONFIG) + "".join(sites)
    (copy.folder / CONFIGURATION).write_text(text, encoding="utf-8")


def said(copy: Copy, capsys: pytest.CaptureFixture[str], environ: Mapping[str, str]) -> list[str]:
    """The findings, each in a line."""
    copy.check(environ)
    return capsys.readouterr().err.splitlines()


@pytest.mark.parametrize(
    ("site", "environ"),
    [
        ("  - {bucket: my-site, domains: [www.example.com]}\n", {"REFRESH_DOMAINS": "www.example.com"}),
        (DCDN, {"REFRESH_DOMAINS": "none", "REFRESH_DCDN_DOMAINS": "dcdn.example.com"}),
        (ESA, {"REFRESH_DOMAINS": "none", "REFRESH_ESA_SITES": "123456"}),
    ],
    ids=["cdn", "dcdn", "esa"],
)
def test_a_product_may_be_the_only_one(
    copy: Copy, capsys: pytest.CaptureFixture[str], site: str, environ: Mapping[str, str]
) -> None:
    configured(copy, site, only=True)
    assert said(copy, capsys, environ) == []


def test_all_three_products_may_be_in_use(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    configured(copy, DCDN, ESA)
    assert said(copy, capsys, ALL_THREE) == []


def test_preload_and_confirmation_of_each_product_need_no_further_right(
    copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    preloaded = [site.replace("}", ", preload: [index.html]}") for site in (DCDN, ESA)]
    configured(copy, *preloaded)
    assert said(copy, capsys, ALL_THREE) == []


SITES_WITHOUT_RIGHTS = {
    "dcdn": (
        DCDN,
        (
            "template.yml: infra.props.parameters.DcdnDomains: dcdn.example.com of config.yml is missing, "
            "DCDN would refuse its refreshes: "
            "list exactly the domains of DCDN in the configuration: REFRESH_DCDN_DOMAINS in .env"
        ),
    ),
    "esa": (
        ESA,
        (
            "template.yml: infra.props.parameters.EsaSites: the site 123456 of config.yml is missing, ESA would refuse "
            "its refreshes: list exactly the sites of ESA in the configuration: REFRESH_ESA_SITES in .env"
        ),
    ),
}


@pytest.mark.parametrize("name", SITES_WITHOUT_RIGHTS)
def test_a_product_without_its_variable_is_reported_once(
    copy: Copy, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    site, finding = SITES_WITHOUT_RIGHTS[name]
    configured(copy, site)
    assert said(copy, capsys, {}) == [finding]


def test_a_second_site_of_esa_needs_its_own_right(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    configured(copy, ESA, ESA.replace("123456", "654321").replace("esa.", "esa2."))
    (line,) = said(copy, capsys, {"REFRESH_ESA_SITES": "123456"})
    assert "EsaSites: the site 654321 of config.yml is missing" in line


SUPERFLUOUS = {
    "DCDN": ({"REFRESH_DCDN_DOMAINS": "dcdn.example.com"}, "DcdnDomains", "take REFRESH_DCDN_DOMAINS out of .env"),
    "ESA": ({"REFRESH_ESA_SITES": "123456"}, "EsaSites", "take REFRESH_ESA_SITES out of .env"),
}


@pytest.mark.parametrize("title", SUPERFLUOUS)
def test_rights_on_a_product_that_no_site_uses_are_reported(
    copy: Copy, capsys: pytest.CaptureFixture[str], title: str
) -> None:
    environ, parameter, remedy = SUPERFLUOUS[title]
    what = f"the role has rights on {title}, which no site of config.yml uses"
    assert said(copy, capsys, environ) == [f"template.yml: infra.props.parameters.{parameter}: {what}: {remedy}"]


def test_rights_on_the_cdn_that_no_site_uses_are_reported(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    configured(copy, ESA, only=True)
    (line,) = said(copy, capsys, {"REFRESH_ESA_SITES": "123456"})
    assert line == (
        "template.yml: infra.props.parameters.Domains: the role has rights on the CDN, which no site of config.yml "
        "uses: write REFRESH_DOMAINS=none into .env"
    )


def test_a_site_of_esa_that_the_configuration_does_not_name_is_reported(
    copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    configured(copy, ESA)
    (line,) = said(copy, capsys, {"REFRESH_ESA_SITES": "123456,654321"})
    assert '"654321" is in no site of config.yml, the role could refresh it all the same' in line
    assert line.endswith("REFRESH_ESA_SITES in .env")


def test_a_space_between_sites_of_esa_is_reported_once(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    configured(copy, ESA, ESA.replace("123456", "654321").replace("esa.", "esa2."))
    (line,) = said(copy, capsys, {"REFRESH_ESA_SITES": "123456, 654321"})
    assert 'EsaSites: " 654321" begins with a space: commas only: REFRESH_ESA_SITES in .env' in line


def test_too_many_sites_of_esa_for_a_policy_are_reported(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    ids = [str(100_000_000_000_000 + number) for number in range(120)]
    configured(
        copy,
        *(
            f"  - {{bucket: my-site, prefix: {each}/, domains: [s{each}.a.com], product: esa, esa_site_id: {each}}}\n"
            for each in ids
        ),
    )
    found = said(copy, capsys, {"REFRESH_ESA_SITES": ",".join(ids)})
    assert any(
        line.startswith("ros.yml: oss-cdn-refresh-cn-hangzhou-esa: the policy ") and "REFRESH_NAME" in line
        for line in found
    )


MISSING_RIGHTS = {
    "dcdn:RefreshDcdnObjectCaches": ("is missing, DCDN would refuse", ": REFRESH_DCDN_DOMAINS in .env"),
    "dcdn:DescribeDcdnRefreshQuota": ("the day's quota could not be read", ": allow it in infra/ros.yml"),
    "dcdn:DescribeDcdnRefreshTaskById": ("no refresh could be confirmed", ": allow it in infra/ros.yml"),
    "dcdn:PreloadDcdnObjectCaches": ("would be skipped", ": allow it in infra/ros.yml"),
    "esa:PurgeCaches": ("is missing, ESA would refuse", ": REFRESH_ESA_SITES in .env"),
    "esa:GetPurgeQuota": ("the day's quota could not be read", ": allow it in infra/ros.yml"),
    "esa:DescribePurgeTasks": ("no refresh could be confirmed", ": allow it in infra/ros.yml"),
    "esa:PreloadCaches": ("would be skipped", ": allow it in infra/ros.yml"),
}


@pytest.mark.parametrize("action", MISSING_RIGHTS)
def test_a_right_that_the_stack_does_not_give_is_reported_alone(
    copy: Copy, capsys: pytest.CaptureFixture[str], action: str
) -> None:
    configured(copy, *(site.replace("}", ", preload: [index.html]}") for site in (DCDN, ESA)))
    copy.replace(STACK, f"              - {action}\n", "")
    what, remedy = MISSING_RIGHTS[action]
    (line,) = said(copy, capsys, ALL_THREE)
    assert (what in line, line.endswith(remedy)) == (True, True)


PROOF = (
    "DCDN: calls a second 3 * 6 + 1 * 6 = 24 <= 30",
    "DCDN: quota reads a second 3 * 3 + 1 * 3 = 12 <= 20",
    "DCDN: URLs a minute and domain 3 * 1,000 + 1 * 1,000 = 4,000 <= 10,000",
    "DCDN: look-ups a second 1 * 20 = 20 <= 30",
    "ESA: calls a second 3 * 1 + 1 * 1 = 4 <= 5",
    "ESA: quota reads a second 3 * 1 + 1 * 1 = 4 <= 5",
    "ESA: look-ups a second 1 * 3 = 3 <= 5",
)


def test_each_product_in_use_needs_the_internet_or_an_endpoint(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    configured(copy, ESA)
    copy.replace(TEMPLATE, "      cpu: 0.5", "      internetAccess: false\n      cpu: 0.5")
    copy.replace(TEMPLATE, "LOG_LEVEL: ${vars.log_level}", "CDN_ENDPOINT: https://cdn.vpc.example.com")
    first, _of_drain = said(copy, capsys, {"REFRESH_ESA_SITES": "123456"})
    assert "internetAccess: is false, and the API of ESA is in the internet" in first
    assert first.endswith(": write true for internetAccess, or set ESA_ENDPOINT to the endpoint in your VPC")


@pytest.mark.parametrize("variable", ["CDN_ENDPOINT", "DCDN_ENDPOINT", "ESA_ENDPOINT"])
def test_an_endpoint_of_a_product_that_is_no_base_url_is_reported(
    copy: Copy, capsys: pytest.CaptureFixture[str], variable: str
) -> None:
    copy.replace(TEMPLATE, "LOG_LEVEL: ${vars.log_level}", f"{variable}: http://h:abc")
    first, _of_drain = said(copy, capsys, {})
    assert f'{variable}: "http://h:abc" is no base URL' in first


def test_the_proof_covers_each_product_in_use(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    configured(copy, DCDN, ESA)
    copy.check(ALL_THREE)
    shown = capsys.readouterr().out.rstrip("\n").split("; ")
    assert tuple(line for line in shown if line.startswith(("DCDN: ", "ESA: "))) == PROOF


def test_the_proof_has_no_line_of_a_product_that_is_not_in_use(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    configured(copy, ESA, only=True)
    copy.check({"REFRESH_DOMAINS": "none", "REFRESH_ESA_SITES": "123456"})
    shown = capsys.readouterr().out.rstrip("\n").split("; ")[1:]
    assert shown == [line for line in PROOF if line.startswith("ESA: ")]


def test_the_products_of_a_configuration_in_oss_are_those_that_the_role_may_refresh(
    copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {"REFRESH_CONFIG": "oss://settings/config.yml", "REFRESH_DOMAINS": "none", "REFRESH_ESA_SITES": "123456"}
    assert copy.check(environ) == 0
    assert [line in capsys.readouterr().out for line in ("ESA: calls a second 3 * 1 + 1 * 1 = 4 <= 5",)] == [True]


THROTTLED = {
    "DCDN": (DCDN, "5", "DCDN: calls a second 5 * 6 + 1 * 6 = 36 > 30: calls would be throttled: at most 4 instances"),
    "ESA": (ESA, "5", "ESA: calls a second 5 * 1 + 1 * 1 = 6 > 5: calls would be throttled: at most 4 instances of re"),
}


@pytest.mark.parametrize("name", THROTTLED)
def test_more_instances_than_a_product_allows_are_reported(
    copy: Copy, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    site, instances, finding = THROTTLED[name]
    configured(copy, site)
    copy.replace(TEMPLATE, "reservedConcurrency: 3", f"reservedConcurrency: {instances}")
    assert any(finding in line for line in said(copy, capsys, ALL_THREE))


def test_a_lower_rate_is_no_remedy_where_an_instance_makes_one_call_a_second(
    copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    configured(copy, ESA)
    copy.replace(TEMPLATE, "reservedConcurrency: 3", "reservedConcurrency: 5")
    (line,) = [each for each in said(copy, capsys, ALL_THREE) if "ESA: calls" in each]
    assert line.endswith(": at most 4 instances of refresh")


@pytest.mark.parametrize("product", ["= 24 ", "= 12 ", "= 4 "])
def test_the_templates_comment_has_the_figures_of_each_product(
    copy: Copy, capsys: pytest.CaptureFixture[str], product: str
) -> None:
    configured(copy, DCDN, ESA)
    copy.check(ALL_THREE)
    comment = copy.template.read_text(encoding="utf-8")
    assert (product in capsys.readouterr().out, product in comment) == (True, True)
