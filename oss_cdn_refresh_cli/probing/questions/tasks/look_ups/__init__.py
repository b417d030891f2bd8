"""Questions about look-ups of tasks: what does an answer show, and who may ask how often?"""

from oss_cdn_refresh_cli.probing.questions.tasks.look_ups import (
    answer_cut,
    first_look,
    rate,
    right,
    row_type,
    row_url,
    unknown_id,
)

QUESTIONS = (
    first_look.QUESTION,
    answer_cut.QUESTION,
    unknown_id.QUESTION,
    row_url.QUESTION,
    row_type.QUESTION,
    right.QUESTION,
    rate.QUESTION,
)
