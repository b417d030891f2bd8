"""The cloud in a box: OSS, the CDN with its edge, SMQ and Function Compute on loopback.

For `make demo` and the tests; never deployed, and the library imports none of it.
"""
