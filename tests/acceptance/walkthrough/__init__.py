"""One project from its mandate to its benefit, in chapters; each step is taken by the one who takes it in real life."""
