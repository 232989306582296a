;; Attack: a function with ten thousand locals that calls itself
;; Tries: to jump over the guard page of the stack with one frame
;; Ends: runtime_error
;; Says: Calls nest too deeply
;; Made by: recursion_with_large_frames
