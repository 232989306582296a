"""Fails when the answer has fewer than 100 characters."""

MINIMUM = 100


def grade(sample, item):
    size = len(sample["output_text"].strip())
    print(f"{size} characters, wanted: {MINIMUM}")
    return size >= MINIMUM
