"""Who is spoken to: keys and actors, the client, and what keeps a live account safe. Only this room sends."""
