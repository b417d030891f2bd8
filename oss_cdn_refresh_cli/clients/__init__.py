"""Clients of the services: SMQ and OSS over the function's transport, the others through their SDKs."""
