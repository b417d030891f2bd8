"""Reads template.yml as Serverless Devs does."""
