;; Attack: LEB128 numbers that go on and on, and that do not fit
;; Tries: to have the reader overflow, or read beyond the end
;; Ends: compile_error
;; Code: invalid-module
;; Made by: numbers_without_end
