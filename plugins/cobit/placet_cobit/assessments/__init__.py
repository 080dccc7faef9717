"""The test cycles of controls: samples, evidence, and what a sample says."""
