"""The camera that looks at the photo: it may move slowly while the faces do."""
