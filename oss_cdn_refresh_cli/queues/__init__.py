"""Messages of the two queues: reading them, recognising them, and putting dead letters back."""
