"""Recordings of medical interviews: from the expert to the office, the listener and the court (LPGA 44 al. 6)."""
