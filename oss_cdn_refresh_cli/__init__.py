"""The operators' command `oss-cdn-refresh`: it shows and repairs queues, quota, configuration and caches.

It uses the library of the function. The library does not use it, and a deployment does not contain it.
"""
