;; Attack: a component that imports files and sockets
;; Tries: to reach what preview 1 has not
;; Ends: compile_error
;; Code: unknown-import
(component
  (import "wasi:sockets/instance-network@0.2.0" (instance
    (export "network" (type (sub resource)))))
  (import "secrets" (func (result string))))
