"""Messages of the two queues: read, recognised, put back."""
