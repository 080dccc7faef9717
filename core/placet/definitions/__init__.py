"""What there can be: frozen values, without I/O."""
