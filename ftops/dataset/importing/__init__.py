"""What people have, in other shapes than the provider's, as chat rows."""
