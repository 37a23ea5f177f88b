"""A look at every page in every state, size and mode, with what is measurably wrong: `make look`."""
