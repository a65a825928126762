"""Accreditation: journalists ask, the press desk decides, access follows on the next request."""
