"""Pages for people: Jinja2 templates over the same use cases as the JSON API."""
