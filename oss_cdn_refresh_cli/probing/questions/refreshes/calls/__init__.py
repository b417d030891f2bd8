"""What do the refresh APIs accept and answer?"""
