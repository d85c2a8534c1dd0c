"""Whether the site withstands its own users: five accounts do their worst while others read and send.

    python -m tests.benchmarks.abuse [--minutes 10] [--seed 1] [--photos FOLDER] [--large]

`host` runs the real deployment in a folder of its own, `cast` fills its database, `files` makes what is sent, `readers`
and `honest` are the people it must not happen to, `attacker` with its `weapons` is who does it, `watch` looks at the
processes and the disk meanwhile, `report` judges. Everything is on loopback and ends by itself.
"""
