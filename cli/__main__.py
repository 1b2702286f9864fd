"""Lets `python -m cli` be `menshen`."""

from cli.main import main

main()
