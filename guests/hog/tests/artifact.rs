//! The committed artifact: it does what rewinding an instance relies on, and nothing else.

use std::collections::BTreeSet;

use jurybox_hog_abi::memory_map::{INITIAL_MEMORY, STATE, WASM_PAGE};
use wasmparser::{DataKind, ExternalKind, Operator, Parser, Payload, TypeRef};

const ARTIFACT: &[u8] = include_bytes!("../hog.wasm");

/// Exported functions that compiled snippets and the host call.
const FUNCTIONS: &[&str] = &[
    "add",
    "append",
    "array",
    "array_with_capacity",
    "begin_snippet",
    "call_library",
    "cast",
    "caught",
    "cell",
    "closure",
    "collect",
    "contains",
    "copy",
    "div",
    "end_snippet",
    "equals",
    "error_is",
    "fail_arguments",
    "fail_callee",
    "fail_deep",
    "fail_vm",
    "get",
    "global",
    "greater",
    "greater_equal",
    "iterate_keys",
    "iterate_values",
    "less",
    "less_equal",
    "like",
    "matches",
    "mul",
    "not_matches",
    "object",
    "prepare_pattern",
    "rem",
    "render",
    "set",
    "slice",
    "sortable_semver",
    "standalone_alloc",
    "standalone_begin",
    "standalone_end",
    "standalone_failure",
    "sub",
    "throw",
    "truthy",
    "tuple",
    "uncaught",
];

fn payloads() -> impl Iterator<Item = Payload<'static>> {
    Parser::new(0)
        .parse_all(ARTIFACT)
        .map(|payload| payload.expect("the artifact is a module"))
}

#[test]
fn it_exports_what_snippets_call() {
    let mut functions = BTreeSet::new();
    let mut globals = Vec::new();
    let mut memories = Vec::new();
    for payload in payloads() {
        let Payload::ExportSection(exports) = payload else {
            continue;
        };
        for export in exports {
            let export = export.expect("a sound export");
            match export.kind {
                ExternalKind::Func => drop(functions.insert(export.name)),
                ExternalKind::Global => globals.push((export.name, export.index)),
                ExternalKind::Memory => memories.push(export.name),
                other => panic!("{} is exported as {other:?}", export.name),
            }
        }
    }
    assert_eq!(functions, FUNCTIONS.iter().copied().collect());
    assert_eq!(memories, ["memory"]);
    assert!(globals.contains(&("__stack_pointer", 0)), "{globals:?}");
}

#[test]
fn it_asks_the_host_for_four_functions() {
    let mut imports = Vec::new();
    for payload in payloads() {
        let Payload::ImportSection(section) = payload else {
            continue;
        };
        for import in section.into_imports() {
            let import = import.expect("a sound import");
            assert!(matches!(import.ty, TypeRef::Func(_)), "{} is no function", import.name);
            imports.push(format!("{}.{}", import.module, import.name));
        }
    }
    imports.sort();
    assert_eq!(
        imports,
        ["jurybox.fail", "jurybox.log", "jurybox.now", "jurybox.random"]
    );
}

#[test]
fn only_memory_and_the_stack_pointer_change() {
    let mut bodies = 0;
    for payload in payloads() {
        let Payload::CodeSectionEntry(body) = payload else {
            continue;
        };
        bodies += 1;
        for operator in body.get_operators_reader().expect("a sound body") {
            match operator.expect("a sound operator") {
                Operator::GlobalSet { global_index } => assert_eq!(global_index, 0),
                operator @ (Operator::TableSet { .. }
                | Operator::TableGrow { .. }
                | Operator::TableFill { .. }
                | Operator::TableCopy { .. }
                | Operator::TableInit { .. }
                | Operator::ElemDrop { .. }
                | Operator::DataDrop { .. }
                | Operator::MemoryInit { .. }) => panic!("{operator:?} leaves a trace"),
                _ => {}
            }
        }
    }
    assert!(bodies > 100);
}

#[test]
fn its_own_memory_ends_below_the_shared_state() {
    let mut pages = Vec::new();
    for payload in payloads() {
        match payload {
            Payload::MemorySection(memories) => {
                pages.extend(
                    memories
                        .into_iter()
                        .map(|memory| memory.expect("a sound memory").initial),
                );
            }
            Payload::DataSection(section) => {
                for data in section {
                    let data = data.expect("sound data");
                    let DataKind::Active { offset_expr, .. } = data.kind else {
                        panic!("passive data")
                    };
                    let Ok(Operator::I32Const { value }) = offset_expr.get_operators_reader().read() else {
                        panic!("data at an offset that is no constant");
                    };
                    assert!(value as u32 as usize + data.data.len() <= STATE as usize);
                }
            }
            _ => {}
        }
    }
    assert_eq!(pages, [u64::from(INITIAL_MEMORY / WASM_PAGE)]);
}

#[test]
fn it_names_no_place_of_the_machine_it_was_built_on() {
    for place in ["/root/", "/home/", "/usr/lib", ".cargo/registry"] {
        assert!(memchr::memmem::find(ARTIFACT, place.as_bytes()).is_none(), "{place}");
    }
}
