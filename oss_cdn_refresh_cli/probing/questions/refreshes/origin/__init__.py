"""What does OSS answer to the nodes?"""
