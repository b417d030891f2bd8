"""The settings of a domain as DescribeCdnDomainDetail and DescribeCdnDomainConfigs return them.

Answers in the shape of `alibabacloud-cdn20180510` 9.2; the names of functions and their arguments are those of the
page "Domain configuration functions" of the CDN documentation.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from oss_cdn_refresh_box.wire.serving import EMPTY


class Source(NamedTuple):
    """An origin: `oss` with the bucket's own domain, `domain` or `ipaddr`."""

    type: str
    content: str


class Function(NamedTuple):
    """One setting of a domain, such as `set_hashkey_args` with its arguments."""

    name: str
    arguments: Mapping[str, str] = EMPTY


class Described(NamedTuple):
    """A domain: its status (online, offline, configuring …), its origins, and its settings."""

    status: str = "online"
    sources: tuple[Source, ...] = ()
    functions: tuple[Function, ...] = ()


def detail(name: str, described: Described) -> dict[str, Any]:
    """The answer of DescribeCdnDomainDetail."""
    model = {
        "DomainName": name,
        "DomainStatus": described.status,
        "CdnType": "web",
        "Cname": f"{name}.w.kunlunsl.com",
        "HttpsCname": f"{name}.w.kunlunsl.com",
        "Scope": "domestic",
        "ServerCertificateStatus": "off",
        "Description": "",
        "ResourceGroupId": "rg-acfmyuji4b6r4ty",
        "GmtCreated": "2026-01-01T08:00:00Z",
        "GmtModified": "2026-01-01T08:00:00Z",
        "SourceModels": {"SourceModel": sources(described)},
    }
    return {"GetDomainDetailModel": model}


def sources(described: Described) -> list[dict[str, Any]]:
    """The origins of a domain, as CDN and DCDN describe them."""
    return [
        {
            "Type": source.type,
            "Content": source.content,
            "Enabled": "online",
            "Port": 80,
            "Priority": "20",
            "Weight": "10",
        }
        for source in described.sources
    ]


def configs(described: Described) -> dict[str, Any]:
    """The settings of a domain, as CDN and DCDN answer them."""
    functions = [
        {
            "ConfigId": str(number),
            "ParentId": "-1",
            "FunctionName": function.name,
            "Status": "success",
            "FunctionArgs": {
                "FunctionArg": [{"ArgName": name, "ArgValue": value} for name, value in function.arguments.items()]
            },
        }
        for number, function in enumerate(described.functions, 5_003_576)
    ]
    return {"DomainConfigs": {"DomainConfig": functions}}
