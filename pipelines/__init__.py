"""Ways to run the analyzer: a batch, a cluster, a watched folder; and training of the heads."""
