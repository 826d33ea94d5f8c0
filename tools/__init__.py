"""What keeps the repository current: recordings, the picture of the boundaries."""
