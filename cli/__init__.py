"""The `menshen` command: settings in, use cases run, words and tables out."""
