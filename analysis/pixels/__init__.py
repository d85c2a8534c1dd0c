"""The pixels of a photo: decoded within the memory that is allowed, and turned the right way up."""
