"""The rules of `make check-template`, one module a subject."""
