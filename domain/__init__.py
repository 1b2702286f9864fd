"""Vocabulary of the service: verdicts, reasons, errors and time. Standard library only."""
