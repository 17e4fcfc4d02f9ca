"""Toy models of the mechanism: how pictures are made from noise, where safeguards sit, how copies spread."""
