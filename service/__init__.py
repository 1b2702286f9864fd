"""Use cases: they own the transaction, gather facts, ask verifiers, record and answer."""
