"""How the stand-in is turned to both answers of the questions of the section "preloads"."""

from probed import Lines, Turn

TURNS: dict[str, Turn | Lines] = {}
