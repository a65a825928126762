"""Many files as one ZIP that can be resumed."""
