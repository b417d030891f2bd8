"""`make demo`: the main job on a cloud in a box, every claim checked by what the edge serves."""
