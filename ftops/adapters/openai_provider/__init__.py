"""The provider, for any endpoint that speaks the OpenAI API: typed looks, acts by the SDK."""
