"""Sound: decoded, judged, converted and cut by a child process without files and network (PyAV)."""
