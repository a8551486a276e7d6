"""What serving remembers: tokens by their hash, usage, and who did what."""
