"""Tell the CDN which objects of an OSS bucket have changed, and lose none of them.

Data flows one way: event bytes → Change → Item → Batch → Outcome → refreshed, backlog or dead letters.
"""
