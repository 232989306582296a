;; Attack: components that nest a thousand deep
;; Tries: to overflow the stack of the reader
;; Ends: compile_error
;; Code: module-too-large
;; Says: modules in it
;; Made by: component_within_component
