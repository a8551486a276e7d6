"""What people write, key by key: rules, words for editors, and what is meant by it."""
