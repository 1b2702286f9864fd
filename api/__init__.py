"""The JSON API: requests into use cases, answers and errors onto the wire."""
