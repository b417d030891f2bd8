"""`audit`: checks whether the edge serves what the bucket holds, by requests to the nearest node.

objects ──► targets ──► edge ──► verdicts ──► progress ──► report
listing,    their URLs  HEAD     fresh,       findings,    people, JSON,
keys                             stale, …     position     repair
"""
