"""The cloud in a box for other projects: `oss-cdn-refresh box`, and a fixture of pytest. Its imports are late."""

NEEDED = "trustme"  # of the extra; the other packages come with the command
MISSING = "the box needs trustme: in a clone pip install '.[box]' (once published: pip install 'oss-cdn-refresh[box]')"
PORTS = range(1_024, 65_529)  # of the first service; the services take 8 of them
LONGEST_DELAY = 86_400  # s
