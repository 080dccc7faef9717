"""Evaluation of rules: the engine calls the code of each plugin, and a faulty plugin does not stop the others."""
