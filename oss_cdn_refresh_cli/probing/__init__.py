"""Tries the open questions of docs/unconfirmed.md on a real account: what does the cloud do where no document says it?

    questions/ ──► run: each question's steps, with the waits between them ──► answers ──► report

A question is one small module with its texts in both languages, so that the page is made from the same facts.
"""
