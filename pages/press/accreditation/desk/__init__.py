"""The press desk in the editors' admin: who asks, who is accredited, and deciding on it."""
