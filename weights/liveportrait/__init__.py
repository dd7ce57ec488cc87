"""The neural animator's models: their list, the origin of their weights, their state in the store.

No torch here: `weights.convert.liveportrait` makes the files, once.
"""

from weights.liveportrait.pack import ADD, MODELS, Form, Net, Pack, PackModel, PackRecord, PackState, Precision

__all__ = ["ADD", "MODELS", "Form", "Net", "Pack", "PackModel", "PackRecord", "PackState", "Precision"]
