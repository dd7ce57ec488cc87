"""`ozhivi bench gpu`: the figures of a machine with an NVIDIA card, and a reduced run of the same on any other."""
