"""From contrast over depth to best focus, and from the best focus of every photo to the focus shift of the lens."""
