"""How the portal puts entries into words and in order. Nothing here runs a query."""
