"""The cloud in a box: OSS, the CDN with its edge, SMQ and Function Compute on loopback.

For `make demo`, the tests, and everybody's tests (`oss-cdn-refresh box`); never deployed, and the library imports none
of it.
"""
