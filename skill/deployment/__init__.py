"""A running deployment as a platform and a phone see it: `ozhivi doctor --deploy URL`."""
