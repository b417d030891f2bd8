"""A domain as DescribeDcdnDomainDetail returns it, in the shape of `alibabacloud-dcdn20180115` 3.1.0."""

from typing import Any

from oss_cdn_refresh_box.cdn.describing import Described, sources


def detail(name: str, described: Described) -> dict[str, Any]:
    """The answer of DescribeDcdnDomainDetail."""
    model = {
        "DomainName": name,
        "DomainStatus": described.status,
        "Cname": f"{name}.w.cdngslb.com",
        "Scope": "domestic",
        "Scene": "",
        "FunctionType": "",
        "SSLProtocol": "off",
        "SSLPub": "",
        "Description": "",
        "ResourceGroupId": "rg-acfmyuji4b6r4ty",
        "GmtCreated": "2026-01-01T08:00:00Z",
        "GmtModified": "2026-01-01T08:00:00Z",
        "Sources": {"Source": sources(described)},
    }
    return {"DomainDetail": model}
