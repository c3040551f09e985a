"""Foreign spreadsheets and XML, read by a child process into plain data."""
