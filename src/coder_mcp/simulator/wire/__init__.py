"""From records to JSON, exactly as it is on the wire."""
