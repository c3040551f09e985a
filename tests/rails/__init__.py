"""The guard rails, one noun a file."""
