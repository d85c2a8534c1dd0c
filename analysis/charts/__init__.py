"""The project's chart: its geometry, its drawing, finding it in a frame, and where it stood.

Chart coordinates are paper millimetres from the page centre, u to the right and v up; the chart stands tilted with its
top away from the camera, so that depth behind the centre line is ``v * sin(tilt)``.
"""
