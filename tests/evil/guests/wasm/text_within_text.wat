;; Attack: text form that is nothing but brackets
;; Tries: to overflow the stack of the reader of text
;; Ends: compile_error
;; Code: syntax-error
;; Says: nest too deeply
;; Made by: text_within_text
