"""Training of our own small models on a folder of photos; `weights.train` fits them, the filters read the faces."""
