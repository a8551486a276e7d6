"""Read settings once, choose targets, and build the adapters behind the ports."""
