"""Child processes that parse what strangers send: limits on memory and time, no files, no network."""
