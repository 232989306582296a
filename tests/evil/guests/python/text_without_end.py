# Attack: a text that doubles
# Tries: to take all memory in one piece
# Ends: out_of_memory
def score(event):
    text = "x"
    while True:
        text += text
