"""`make check-template` refuses regions and names that a service would refuse in the middle of a deployment."""

import pytest
from seeding import CONFIG, Copy

EVENT = "oss:ObjectModified:UpdateObjectMeta"
LINE = f"              - {EVENT}\n"


@pytest.fixture
def errors(copy: Copy, capsys: pytest.CaptureFixture[str]) -> "Errors":
    return Errors(copy, capsys)


class Errors:
    """The output of check-template with these variables."""

    def __init__(self, copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
        self.copy, self._capsys = copy, capsys

    def __call__(self, **environ: str) -> list[str]:
        """The findings, one a line."""
        code = self.copy.check(environ)
        lines = self._capsys.readouterr().err.splitlines()
        assert code == (1 if lines else 0)
        return lines


@pytest.mark.parametrize(
    "region",
    [
        "cn-hangzou",
        "oss-cn-hangzhou",
        " cn-hangzhou",
        "cn-hangzhou ",
        "CN-HANGZHOU",
        "hangzhou",
        "cn_hangzhou",
        "cn-hangzhou-1",
        "oss-cn-hangzhou-internal",
        "cn-hangzhou.aliyuncs.com",
        "cn-hanghzou",
    ],
)
def test_a_region_that_does_not_exist_is_refused_with_the_nearest_one(errors: Errors, region: str) -> None:
    refused = f'"{region}" is no region of Function Compute: did you mean cn-hangzhou?: REFRESH_REGION in .env'
    assert f"template.yml: refresh.props.region: {refused}" in errors(REFRESH_REGION=region)


@pytest.mark.parametrize("region", ["ap-southeast-1", "us-west-1", "cn-hongkong", "eu-central-1", "cn-wulanchabu"])
def test_an_event_that_the_region_does_not_have_is_refused_with_the_line_to_take_out(
    errors: Errors, region: str
) -> None:
    lines = errors.copy.template.read_text(encoding="utf-8").splitlines(keepends=True)
    place = "template.yml: refresh.props.triggers[0].triggerConfig.events"
    remedy = f'take out line {lines.index(LINE) + 1}, "- {EVENT}"'
    assert errors(REFRESH_REGION=region) == [f"{place}: {EVENT} does not exist in {region}: {remedy}"]


@pytest.mark.parametrize("region", ["ap-southeast-1", "us-west-1", "cn-hongkong"])
def test_an_event_that_the_region_does_not_have_is_not_demanded(errors: Errors, region: str) -> None:
    errors.copy.replace("template.yml", LINE, "")
    assert errors(REFRESH_REGION=region) == []


@pytest.mark.parametrize(
    "region",
    [
        "cn-hangzhou",
        "cn-shanghai",
        "cn-qingdao",
        "cn-beijing",
        "cn-zhangjiakou",
        "cn-huhehaote",
        "cn-shenzhen",
        "cn-chengdu",
    ],
)
def test_the_event_of_changed_headers_is_required_in_regions_that_have_it(errors: Errors, region: str) -> None:
    errors.copy.replace("template.yml", LINE, "")
    (told,) = errors(REFRESH_REGION=region)
    assert f"{EVENT} is missing, its changes would go unseen: add it" in told


def test_an_unknown_region_is_reported_without_a_finding_about_events(errors: Errors) -> None:
    assert all("events" not in line for line in errors(REFRESH_REGION="cn-hangzou"))


@pytest.mark.parametrize("variable", ["REFRESH_BACKLOG_QUEUE", "REFRESH_DEAD_LETTER_QUEUE"])
@pytest.mark.parametrize("name", ["my_queue.backlog", "-queue", "队列", "a" * 121, "a" * 130, "my queue", "a/b", "a.b"])
def test_a_queue_name_that_smq_refuses_is_refused_with_its_variable(errors: Errors, variable: str, name: str) -> None:
    (told,) = errors(**{variable: name})
    assert (f'"{name}" is no name of a queue' in told, told.endswith(f": {variable} in .env")) == (True, True)


@pytest.mark.parametrize("name", ["1st-queue", "Queue", "a", "a" * 120, "0"])
def test_a_queue_name_that_smq_takes_is_taken(errors: Errors, name: str) -> None:
    assert errors(REFRESH_BACKLOG_QUEUE=name) == []


@pytest.mark.parametrize("bucket", ["My-Site", "my_site", "ab", "a" * 64, "-site", "site-", "my.site", "网站"])
def test_a_bucket_name_that_oss_refuses_is_refused_with_its_variable(errors: Errors, bucket: str) -> None:
    told = [line for line in errors(REFRESH_BUCKET=bucket) if "sourceArn" in line and "is no name of a bucket" in line]
    assert [line.endswith(": REFRESH_BUCKET in .env") for line in told] == [True]


@pytest.mark.parametrize("name", ["1st-site", "0", "-site", "my.site", "site name", "a" * 65, "网站"])
def test_a_function_name_that_function_compute_refuses_is_refused(errors: Errors, name: str) -> None:
    told = f'template.yml: refresh.props.functionName: "{name}" is no name of a function'
    assert any(line.startswith(told) for line in errors(REFRESH_NAME=name))


@pytest.mark.parametrize("name", ["a" * 53, "my_site", "网站"])
def test_a_role_name_that_ram_refuses_is_refused(errors: Errors, name: str) -> None:
    """The name of a role is that of the deployment and its region: at most 64 characters, no underscore."""
    told = f'template.yml: infra.props.parameters.Name: "{name}-cn-hangzhou", name and region, is no name of a role'
    assert any(line.startswith(told) for line in errors(REFRESH_NAME=name))


@pytest.mark.parametrize("name", ["a", "site", "my-site-2", "a" * 29])
def test_a_name_that_every_service_takes_is_taken(errors: Errors, name: str) -> None:
    """29 characters: the project of the log has 63, with an account of 16 digits and cn-hangzhou."""
    assert errors(REFRESH_NAME=name) == []


def domains(count: int) -> list[str]:
    return [f"www{number:03}.example.com" for number in range(count)]


def listing(copy: Copy, named: list[str]) -> None:
    copy.replace("functions/config.yml", CONFIG, CONFIG.replace("www.example.com", ", ".join(named)))


@pytest.mark.parametrize("count", [106, 107, 108, 113, 150])
def test_more_domains_than_a_policy_can_hold_are_refused_with_those_to_move(errors: Errors, count: int) -> None:
    listing(errors.copy, domains(count))
    (told,) = errors(REFRESH_DOMAINS=",".join(domains(count)))
    head, _, moved = told.partition(" domains there and write REFRESH_MORE_DOMAINS=")
    stay = int(head.rpartition(" ")[2])
    assert "RAM allows 6,144: leave the first" in head
    assert moved == f"{','.join(domains(count)[stay:])} into .env"


@pytest.mark.parametrize("count", [106, 107, 108, 113, 150, 190])
def test_the_domains_fit_after_the_move_that_the_message_names(errors: Errors, count: int) -> None:
    listing(errors.copy, domains(count))
    (told,) = errors(REFRESH_DOMAINS=",".join(domains(count)))
    stay = int(told.partition(" domains there")[0].rpartition(" ")[2])
    first, others = domains(count)[:stay], domains(count)[stay:]
    assert errors(REFRESH_DOMAINS=",".join(first), REFRESH_MORE_DOMAINS=",".join(others)) == []


def test_as_many_domains_as_a_policy_can_hold_are_accepted(errors: Errors) -> None:
    listing(errors.copy, domains(105))
    assert errors(REFRESH_DOMAINS=",".join(domains(105))) == []


def test_more_domains_than_both_policies_have_room_for_are_refused(errors: Errors) -> None:
    listing(errors.copy, domains(300))
    told = errors(REFRESH_DOMAINS=",".join(domains(90)), REFRESH_MORE_DOMAINS=",".join(domains(300)[90:]))
    assert [line.startswith("ros.yml: oss-cdn-refresh-cn-hangzhou-domains: the policy ") for line in told] == [True]


def test_a_domain_in_either_list_may_be_refreshed(errors: Errors) -> None:
    listing(errors.copy, ["www.example.com", "img.example.com"])
    assert errors(REFRESH_DOMAINS="www.example.com", REFRESH_MORE_DOMAINS="img.example.com") == []


def test_a_domain_of_no_site_is_found_in_the_second_list_too(errors: Errors) -> None:
    (told,) = errors(REFRESH_MORE_DOMAINS="old.example.com")
    assert '"old.example.com" is in no site of config.yml' in told
