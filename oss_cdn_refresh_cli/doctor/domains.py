"""The questions to CDN and DCDN about a domain. Both answer alike, under other names.

Sources: DescribeCdnDomainDetail and DescribeCdnDomainConfigs, CDN API 2018-05-10; DescribeDcdnDomainDetail and
DescribeDcdnDomainConfigs, DCDN API 2018-01-15.
"""

from collections.abc import Mapping
from typing import NamedTuple

from oss_cdn_refresh_cli.doctor.services import Asked, Json, named, rpc

SHARED = "rewrite_host"  # function 54 of a domain: the copies are kept under the name of another domain


class Api(NamedTuple):
    """How a product tells about a domain.

    detail, settings: the actions. fields: of the domain in the answer to `detail`, then of its list of origins.
    """

    version: str
    detail: str
    settings: str
    fields: tuple[str, str, str]


class Domain(NamedTuple):
    """A domain: its status, such as `online`, and its origins, each as type and content."""

    status: str
    origins: tuple[tuple[str, str], ...]


class Setting(NamedTuple):
    """A setting of a domain: the name of the function, and its arguments by their names."""

    function: str
    arguments: Mapping[str, str]


APIS: Mapping[str, Api] = {  # by the product's name; a product that is not here has no domains of its own
    "cdn": Api(
        "2018-05-10",
        "DescribeCdnDomainDetail",
        "DescribeCdnDomainConfigs",
        ("GetDomainDetailModel", "SourceModels", "SourceModel"),
    ),
    "dcdn": Api(
        "2018-01-15", "DescribeDcdnDomainDetail", "DescribeDcdnDomainConfigs", ("DomainDetail", "Sources", "Source")
    ),
}


def domain(asked: Asked, name: str, api: Api) -> Domain:
    """The status and the origins of a domain."""
    model, sources, source = api.fields
    found: Json = rpc(asked, api.detail, api.version, DomainName=name)[model]
    origins = (found.get(sources) or {}).get(source) or []
    shown = tuple((str(each.get("Type") or ""), str(each.get("Content") or "")) for each in origins)
    return Domain(str(found.get("DomainStatus") or ""), shown)


def settings(asked: Asked, name: str, api: Api) -> list[Setting]:
    """All settings of a domain."""
    found = rpc(asked, api.settings, api.version, DomainName=name)["DomainConfigs"]["DomainConfig"]
    return [_setting(named(each, "FunctionName")) for each in found]


def _setting(found: Json) -> Setting:
    given = (found.get("FunctionArgs") or {}).get("FunctionArg") or []
    arguments = {str(argument.get("ArgName")): str(argument.get("ArgValue") or "") for argument in given}
    return Setting(str(found["FunctionName"]), arguments)
