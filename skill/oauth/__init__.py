"""Account linking: our own OAuth 2.0 authorization server, whose page takes the photo."""
