"""Verification: everything that follows from the log is replayed from it, and compared with what is stored."""
