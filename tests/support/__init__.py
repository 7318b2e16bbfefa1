"""What tests have in common: local sites, captures, clocks, pages; imported as `support`."""
