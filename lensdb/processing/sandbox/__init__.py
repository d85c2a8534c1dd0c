"""Measuring in a child that can do nothing else.

A photograph is a stranger's file, and decoders have had holes. So each series is measured in a process of its own that
has limits on memory, time and files, an empty environment, no network, no file but those handed to it, and no way to
start a program. Three processes take part:

    worker (client.py) ──socket──► helper (helper.py) ──fork──► child (child.py)

The worker opens files and hands their descriptors over. The helper has imported the measuring core once, which costs
seconds, and forks a child per series; it never looks at what the child makes. The child seals itself, measures, writes
one JSON object and the pictures into descriptors it was given, and ends. The worker checks both at the door.
"""
