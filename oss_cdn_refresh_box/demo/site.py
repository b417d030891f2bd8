"""The site that the demo shows: its configuration, its pages, its addresses."""

BUCKET = "my-site"
DOMAIN, ESA_DOMAIN = "www.example.com", "www.example.org"
CONFIG = {
    "sites": [
        {"bucket": BUCKET, "domains": [DOMAIN], "exclude": ["img/*", "feed.xml"], "preload": ["about/*"]},
        {
            "bucket": BUCKET,
            "domains": [DOMAIN],
            "prefix": "img/",
            "path": "/img/",
            "variants": ["!thumb"],
        },
        {
            "bucket": BUCKET,
            "domains": [ESA_DOMAIN],
            "include": ["prices/*"],
            "product": "esa",
            "esa_site_id": 123456,
        },
    ],
    "collapse": {"reserve_urls": 2, "reserve_directories": 1},
}
POSTS = {f"blog/{number:03}.html": f"Post {number}" for number in range(1, 101)}
PAGES = {  # what is uploaded first
    "index.html": "Spring sale",
    "about/index.html": "About us",
    "img/hero.jpg": "tulips",
    "feed.xml": "Monday's news",
    **POSTS,
}

SITE = f"https://{DOMAIN}"
HOME, INDEX, ABOUT, FEED = f"{SITE}/", f"{SITE}/index.html", f"{SITE}/about/", f"{SITE}/feed.xml"
HERO = f"{SITE}/img/hero.jpg"
BLOG, FIRST_POST, LAST_POST = f"{SITE}/blog/", f"{SITE}/blog/001.html", f"{SITE}/blog/100.html"
PRICES, ESA_PRICES = f"{SITE}/prices/", f"https://{ESA_DOMAIN}/prices/"
THUMB = f"{HERO}!thumb"
TYPO = "https://www.exmaple.com/feed.xml"
