"""The filters: they decide whose face may be animated, and refuse in doubt.

The question "why was this face refused?" begins in `policy`, which asks the filters one after the other:

- `readability`: can the face be made out (covered, turned away, blurred, drawn)?
- `minors`: is it a child or a teenager? With `age_features`, and `old_photo` for historic photos of children.
- `public_figure`: is it somebody of the operator's `gallery`? By the face `embeddings`.

`verdict` is the answer on one face, `messages` are the sentences that people read or hear, and `bench` measures on
folders of photos how many faces are refused.
"""
