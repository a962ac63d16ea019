"""The trainer of Bespoke: one process per personalization run. `python -m bespoke_trainer SPEC.json`."""
