"""The format of our messages in SMQ, which `letters` writes and `events.returned` reads. README, "Messages"."""

BACKLOG = "oss-cdn-refresh/backlog"
DEAD_LETTER = "oss-cdn-refresh/dead-letter"
VERSION = 1
BACKLOG_FIELDS = frozenset(
    {"kind", "version", "object_type", "urls", "force", "attempts", "reason", "first_seen", "changed_at", "history"}
)
DEAD_LETTER_FIELDS = frozenset({"message", "request_id", "failed_at", "payload", "payload_encoding", "part", "parts"})
KNOWN_FIELDS = BACKLOG_FIELDS | DEAD_LETTER_FIELDS
MESSAGE_BYTES = 65_536  # SMQ, SendMessage: the longest message body
