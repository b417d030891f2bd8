"""The services that the command calls: SMQ and OSS over the function's transport, the others through their SDKs."""
