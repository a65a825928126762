"""Large files that arrive in pieces, and go on where they stopped: tus 1.0."""
