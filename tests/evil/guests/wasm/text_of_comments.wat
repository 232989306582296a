;; Attack: text form that is one comment that does not end
;; Tries: to have the reader of text read beyond the end
;; Ends: compile_error
;; Code: syntax-error
(module (; (; (; never ends
