"""The arithmetic of the method, over plain values: nothing here reads the log, the clock or a setting."""
