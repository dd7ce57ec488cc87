"""The conversation: what an assistant hears and says."""
