"""From changes to items: sites, URL spellings, aliases."""
