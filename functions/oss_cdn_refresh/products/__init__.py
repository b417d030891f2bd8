"""What the API of each product takes and answers."""
