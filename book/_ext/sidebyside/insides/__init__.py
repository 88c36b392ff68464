"""What relies on the insides of a dependency, which it may change in any version.

A file for each dependency says what is relied on and why; `tests/insides` names the
dependency when it no longer holds.
"""
