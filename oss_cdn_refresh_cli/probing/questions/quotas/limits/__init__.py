"""How much does a call or a minute take?"""
