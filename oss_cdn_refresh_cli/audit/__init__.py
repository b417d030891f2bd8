"""`audit`: does the edge serve what the bucket holds? Evidence from the node nearest to whoever runs it.

objects ──► targets ──► edge ──► verdicts ──► progress ──► report
listing,    their URLs  HEAD     fresh,       findings,    people, JSON,
keys                             stale, …     position     repair
"""
