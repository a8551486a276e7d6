"""What workers on other machines ask and tell; not part of OpenAI's API."""
