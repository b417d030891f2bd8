"""`wait`: asks the edge again and again, until it serves what the bucket holds.

objects ──► the first poll ──► later polls ──────────► report
            all URLs           URLs not fresh yet      people, JSON
"""
