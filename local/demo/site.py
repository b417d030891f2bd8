"""The site that the demo shows: its configuration, its pages, its addresses."""

BUCKET = "my-site"
DOMAIN = "www.example.com"
CONFIG = {
    "sites": [
        {"bucket": BUCKET, "domains": [DOMAIN], "exclude": ["img/*", "feed.xml"]},
        {
            "bucket": BUCKET,
            "domains": [DOMAIN],
            "include": ["img/*"],
            "variants": ["!thumb"],
        },
    ]
}
PAGES = {  # what is uploaded first
    "index.html": "Spring sale",
    "about/index.html": "About us",
    "img/hero.jpg": "tulips",
    "feed.xml": "Monday's news",
}

SITE = f"https://{DOMAIN}"
HOME, INDEX, ABOUT, FEED = f"{SITE}/", f"{SITE}/index.html", f"{SITE}/about/", f"{SITE}/feed.xml"
HERO = f"{SITE}/img/hero.jpg"
THUMB = f"{HERO}!thumb"
TYPO = "https://www.exmaple.com/feed.xml"
