"""The parameters by which OSS tells operations apart, and which signature version 1 covers.

Taken from `oss2` 2.19 (`oss2.auth.ProviderAuth`) and `alibabacloud-oss-v2` 1.4 (its signer and its operations): the
tests compare this list with both. Most of them are not modelled. The list is needed because a request with one of
them asks for something else than the same request without it.
"""

NAMES = """
MetaQuery accessPoint accessPointPolicy acl action append asyncFetch bucketArchiveDirectRead bucketInfo callback
callback-var cleanRestoredObject cloudboxes cname comp continuation-token cors dataPipeline delete encryption
endTime group httpsConfig inventory inventoryId legalHold lifecycle link live location logging metaQuery
metadataConfiguration metadataInventoryTable metadataJournalTable objectInfo objectMeta objectWorm overwriteConfig
partNumber policy policyStatus position publicAccessBlock qos qosInfo qosRequester quota redundancyTransition
referer regionList replication replicationLocation replicationProgress requestPayment requesterQosInfo
resourceGroup resourcePool resourcePoolBuckets resourcePoolInfo response-cache-control
response-content-disposition response-content-encoding response-content-language response-content-type
response-expires restore retention rtc seal security-token sequential startTime stat status style styleName symlink
tagging transferAcceleration uploadId uploads userDefinedLogFieldsConfig versionId versioning versions vod website
worm wormExtend wormId x-oss-ac-forward-allow x-oss-ac-source-ip x-oss-ac-subnet-mask x-oss-ac-vpc-id
x-oss-access-point-name x-oss-async-process x-oss-process x-oss-redundancy-transition-taskid x-oss-request-payer
x-oss-target-redundancy-type x-oss-traffic-limit x-oss-write-get-object-response
"""
KNOWN = frozenset(NAMES.split())
OVERRIDES = frozenset(name for name in KNOWN if name.startswith("response-"))
OWN = "x-oss-"  # the beginning of parameters and headers that mean something to OSS


def means_something(name: str) -> bool:
    """Whether OSS does not ignore a parameter of this name."""
    return name in KNOWN or name.lower().startswith(OWN)
