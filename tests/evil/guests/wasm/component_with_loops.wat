;; Attack: a component whose `cabi_realloc` loops
;; Tries: to run for ever while the host writes the event
;; Ends: out_of_fuel
;; Made by: component_with_loops
