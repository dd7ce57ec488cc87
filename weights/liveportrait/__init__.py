"""The neural animator's models: which there are, where their weights come from, what of them is in the store.

No torch here: `weights.convert.liveportrait` makes the files, once.
"""

from weights.liveportrait.pack import ADD, MODELS, Exported, Form, Net, Pack, PackState, Precision, Record

__all__ = ["ADD", "MODELS", "Exported", "Form", "Net", "Pack", "PackState", "Precision", "Record"]
