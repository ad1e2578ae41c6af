"""The process and its three streams: lines in, lines out, a good end."""
