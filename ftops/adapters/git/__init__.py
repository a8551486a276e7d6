"""Git: what it knows, the ledger on a remote, and the commits that record the locks."""
