"""Pure checks: evidence and facts in, findings out. No HTTP, database, settings, clock or log."""
