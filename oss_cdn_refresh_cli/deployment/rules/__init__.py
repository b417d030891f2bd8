"""The rules for a deployment, a module for each subject, for the template and for the account.

Each rule is a generator of `Finding`. `make check-template` and `doctor` choose the rules and show what they find.
"""
