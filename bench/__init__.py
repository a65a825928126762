"""Load data and benchmarks, one command each: ``python -m bench`` and ``python -m bench tree``."""
