"""A believable company, loaded by one command. Nothing of it is used outside the demo settings."""
