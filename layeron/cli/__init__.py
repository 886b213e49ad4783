"""The command line: a composition root like `api.main` and `worker`."""
