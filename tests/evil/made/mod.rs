//! What is written by functions, because it is a binary or very long: sources and events. Each has the name of its file.

mod events;
mod modules;
mod texts;

/// A plain event.
pub const EVENT: &str = r#"{"id": "e-1", "input": "What is 2+2?", "output": "It is 4.", "expected": "4"}"#;

/// A harmless module: is there a digit in the event?
pub const INNOCENT: &str = r#"(module
  (import "jurybox" "log" (func $log (param i32 i32)))
  (memory (export "memory") 2)
  (data (i32.const 0) "true")
  (func (export "alloc") (param $length i32) (result i32)
    (select (i32.const 1024) (i32.const 0) (i32.lt_u (local.get $length) (i32.const 130000))))
  (func (export "evaluate") (param $pointer i32) (param $length i32) (result i64)
    (local $end i32)
    (local.set $end (i32.add (local.get $pointer) (local.get $length)))
    (call $log (local.get $pointer) (local.get $length))
    (loop $next
      (if (i32.lt_u (i32.sub (i32.load8_u (local.get $pointer)) (i32.const 0x30)) (i32.const 10))
        (then (return (i64.const 4))))
      (local.set $pointer (i32.add (local.get $pointer) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $pointer) (local.get $end))))
    (unreachable)))"#;

/// Something by name, made when it is needed.
type Made<T> = (&'static str, fn() -> T);

/// Sources by name.
pub const SOURCES: &[Made<Vec<u8>>] = &[
    ("arrows_or_conditions", texts::arrows_or_conditions),
    ("blocks_with_many_values", modules::blocks_with_many_values),
    ("branches_with_many_values", modules::branches_with_many_values),
    ("calls_with_many_values", modules::calls_with_many_values),
    ("captures_that_multiply", texts::captures_that_multiply),
    ("component_that_lies", modules::component_that_lies),
    ("component_types_that_double", modules::component_types_that_double),
    ("component_with_loops", modules::component_with_loops),
    ("component_within_component", modules::component_within_component),
    ("conditions_without_end", texts::conditions_without_end),
    ("constants_without_end", texts::constants_without_end),
    ("data_of_megabytes", modules::data_of_megabytes),
    ("decorators_without_end", texts::decorators_without_end),
    ("deep_blocks", modules::deep_blocks),
    ("deep_loops", modules::deep_loops),
    ("deep_parentheses", texts::deep_parentheses),
    ("enum_that_doubles", texts::enum_that_doubles),
    ("expressions_within_expressions", texts::expressions_within_expressions),
    ("functions_without_end", texts::functions_without_end),
    ("generics_or_comparisons", texts::generics_or_comparisons),
    ("huge_branch_tables", modules::huge_branch_tables),
    ("huge_function", modules::huge_function),
    ("instances_of_each_other", modules::instances_of_each_other),
    ("lambdas_within_lambdas", texts::lambdas_within_lambdas),
    ("long_expression", texts::long_expression),
    ("long_sum", texts::long_sum),
    ("long_template", texts::long_template),
    ("loops_with_values", modules::loops_with_values),
    ("loops_without_end", texts::loops_without_end),
    ("many_dear_functions", modules::many_dear_functions),
    ("many_locals", modules::many_locals),
    ("many_parameters", modules::many_parameters),
    ("million_functions", modules::million_functions),
    ("million_imports", modules::million_imports),
    ("million_locals", modules::million_locals),
    ("million_types", modules::million_types),
    ("name_of_a_megabyte", modules::name_of_a_megabyte),
    ("names_that_lie", modules::names_that_lie),
    ("namespaces_within_namespaces", texts::namespaces_within_namespaces),
    ("null_bytes", texts::null_bytes),
    ("numbers_without_end", modules::numbers_without_end),
    ("recursion_with_large_frames", modules::recursion_with_large_frames),
    ("sections_that_lie", modules::sections_that_lie),
    ("sections_without_end", modules::sections_without_end),
    ("stack_over_blocks", modules::stack_over_blocks),
    ("template_that_is_huge", texts::template_that_is_huge),
    ("text_within_text", texts::text_within_text),
    ("too_many_parameters_in_hog", texts::too_many_parameters_in_hog),
    (
        "too_many_parameters_in_javascript",
        texts::too_many_parameters_in_javascript,
    ),
    ("truncated", modules::truncated),
    ("types_with_many_values", modules::types_with_many_values),
    ("types_within_types", texts::types_within_types),
    ("types_without_end", texts::types_without_end),
];

/// Events by name.
pub const EVENTS: &[Made<String>] = &[
    ("colliding_keys", events::colliding_keys),
    ("deep_and_wide", events::deep_and_wide),
    ("large", events::large),
];
