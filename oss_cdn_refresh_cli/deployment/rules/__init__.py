"""What must hold of a deployment, one module a subject: judged before it is deployed, and in the account afterwards.

Each rule is a generator of `Finding`. `make check-template` and `doctor` choose the rules and show what they find.
"""
