"""Proof that nothing is lost, nothing is done twice and nobody is blamed, whatever dies.

    python -m tests.chaos [--seeds 20] [--first 1] [--series 300]
    python -m tests.chaos.poison
    python -m tests.chaos.vigil

`negatives` renders the photos, `site` runs the roles under the supervisor's own configuration, `senders` submit as
photographers do, `victims` says what can be killed, `storm` when, `judge.sql` what must be true afterwards. `poison`
sends bad files among good ones, `vigil` holds the health page against the truth.
"""
