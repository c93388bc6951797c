"""What the commands do that train, tune, join and teach networks. Their options are elsewhere."""
