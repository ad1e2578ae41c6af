"""The API on a local port: routes, streams, faults, and the ledger."""
