"""What uses the day's quotas, and when are they reset?"""
