"""Training of our own small models; nothing here is needed to run one. The commands are in `skill.train`."""
