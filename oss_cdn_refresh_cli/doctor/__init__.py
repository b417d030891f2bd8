"""`doctor`: is it set up right? What the account tells is read first, then judged, check by check; nothing is changed.

account ──► Facts ──► checks ──► Finding
reader      facts     access, globs, domains, buckets, websites, functions, triggers, queues
"""
