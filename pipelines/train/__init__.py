"""Training of the heads on the frozen encoder, and the rows they learn from."""
