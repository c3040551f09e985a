"""What a laptop or a test run needs and production does not: a database, a supervisor, a browser."""
