"""Reading zip and tar archives as streams, within limits, without unpacking them to disk."""
