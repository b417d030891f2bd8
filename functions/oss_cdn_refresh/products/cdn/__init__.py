"""The CDN API, version 2018-05-10: its signature, its calls, its error codes and its limits."""
