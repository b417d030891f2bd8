"""Tries the open questions of docs/unconfirmed.md on a real account: what does the cloud do where documents are silent?

    questions/ ──► run: each question's steps, with waits between them ──► answers ──► report

Each question is one small module with its texts in both languages. The tables of the page are made from these modules.
"""
