"""Fails when the model answered nothing: no text, only white space, or an empty structure."""


def handler(output):
    return output.strip() not in ("", "[]", "{}", "None")
