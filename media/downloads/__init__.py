"""After the download: who took what, whether it still holds, and telling them when it does not."""
