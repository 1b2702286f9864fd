"""Tables, engine and unit of work. Table classes have no relationships and no behaviour."""
