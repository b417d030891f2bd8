"""The regions of Function Compute, in which a deployment is possible.

Source: the enumeration `IRegion` in the JSON schema of the Serverless Devs component fc3 0.1.22 (a region beyond it is
refused by `s verify`), and for changed headers the event tables of OSS ("Event notification") and of Function Compute
("Native OSS triggers").
"""

from difflib import get_close_matches

REGIONS = (
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-5",
    "ap-southeast-7",
    "cn-beijing",
    "cn-chengdu",
    "cn-hangzhou",
    "cn-heyuan-acdr-1",
    "cn-hongkong",
    "cn-huhehaote",
    "cn-qingdao",
    "cn-shanghai",
    "cn-shanghai-cloudspe",
    "cn-shanghai-finance-1",
    "cn-shenzhen",
    "cn-wulanchabu",
    "cn-zhangjiakou",
    "eu-central-1",
    "eu-west-1",
    "me-central-1",
    "us-east-1",
    "us-west-1",
)
HEADER_CHANGES = frozenset(  # the regions whose OSS has the event ObjectModified:UpdateObjectMeta
    {
        "cn-hangzhou",
        "cn-shanghai",
        "cn-qingdao",
        "cn-beijing",
        "cn-zhangjiakou",
        "cn-huhehaote",
        "cn-shenzhen",
        "cn-chengdu",
    }
)
OF_OSS = "oss-"  # how OSS writes a region in its endpoints: oss-cn-hangzhou


def nearest(name: str) -> str | None:
    """The region with the most similar name, None without one: `cn-hangzhou` for `oss-CN-hangzou`."""
    asked = name.strip().lower().removeprefix(OF_OSS)
    near = get_close_matches(asked, REGIONS, n=1)
    return near[0] if near else None


def remedy(name: str) -> str:
    """The remedy for an unknown region, for people."""
    near = nearest(name)
    return f"did you mean {near}?" if near else f"write one of {', '.join(REGIONS)}"
