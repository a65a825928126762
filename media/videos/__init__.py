"""Films in the library: uploading, probing, choosing."""
