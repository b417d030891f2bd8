"""Which copies does a refresh clear?"""
