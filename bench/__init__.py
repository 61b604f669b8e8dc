"""Benchmarks: every figure beside a named baseline measured in turn with it in one run. `make bench`, `make bench NAME=…`."""
