"""What stands in a photo's file besides its pixels: kind, size, and what the camera wrote."""
