"""The home page of a language: the root of its sections."""
