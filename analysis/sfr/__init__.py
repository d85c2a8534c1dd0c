"""Edges and their spatial frequency response: one slanted edge, and long edges row by row."""
