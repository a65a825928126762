"""The blocks of a story, by kind, and how each is read into an entry's body."""
