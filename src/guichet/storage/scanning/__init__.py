"""The virus door: clamd in production, a built-in scanner in the demo and in tests."""
