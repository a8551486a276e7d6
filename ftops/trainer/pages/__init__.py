"""What a person sees of the server: queue, curves, models and disk, at one glance."""
