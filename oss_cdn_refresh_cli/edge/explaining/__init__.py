"""`explain`: from a URL that looks old back to the likely cause, and to the next step.

URL ──► gathering ──► facts ──► causes ──► report
        OSS, edge,    what was  a table,   people, JSON
        tasks, queues found     pure
"""
