"""`make demo`: the main job on a cloud in a box, with every claim checked at the edge."""
