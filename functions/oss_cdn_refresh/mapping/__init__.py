"""Makes the items that refresh a change: the URLs of an object on all sites, in all spellings, with aliases."""
