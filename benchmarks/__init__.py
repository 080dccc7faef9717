"""Speed against hand-written code, as ratios: `make bench`, or `python -m benchmarks --help`."""
