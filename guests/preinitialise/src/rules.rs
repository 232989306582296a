//! What a module must not do so that memory and stack pointer are all of its state.

use std::collections::HashMap;

use anyhow::{Context, Result, bail, ensure};
use wasmparser::{ExternalKind, FunctionBody, KnownCustom, Name, Operator, Parser, Payload, TypeRef, Validator};

/// The only global that code may set: where wasm-ld puts the stack pointer.
pub(crate) const STACK_POINTER: u32 = 0;
/// The name the stack pointer must be exported by.
pub(crate) const STACK_POINTER_EXPORT: &str = "__stack_pointer";
/// The name the memory must be exported by.
pub(crate) const MEMORY_EXPORT: &str = "memory";

/// Refuses a module whose state isn't all in its memory and its stack pointer.
pub(crate) fn check(module: &[u8]) -> Result<()> {
    Validator::new()
        .validate_all(module)
        .context("the module isn't valid")?;
    let names = names(module)?;
    let mut exported = HashMap::new();
    let mut memories = 0;
    let mut function = 0;
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import?;
                    match import.ty {
                        TypeRef::Func(_) => function += 1,
                        _ => bail!("it imports {}.{}, which isn't a function", import.module, import.name),
                    }
                }
            }
            Payload::MemorySection(section) => {
                for memory in section {
                    let memory = memory?;
                    ensure!(
                        !memory.memory64 && !memory.shared,
                        "its memory is shared or has 64 bits"
                    );
                    memories += 1;
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    exported.insert(export.name, (export.kind, export.index));
                }
            }
            Payload::CodeSectionEntry(body) => {
                check_function(&body).with_context(|| match names.get(&function) {
                    Some(name) => format!("the function {name} isn't allowed"),
                    None => format!("function {function} isn't allowed"),
                })?;
                function += 1;
            }
            _ => {}
        }
    }
    ensure!(memories == 1, "it has {memories} memories instead of one");
    for (name, expected) in [
        (MEMORY_EXPORT, (ExternalKind::Memory, 0)),
        (STACK_POINTER_EXPORT, (ExternalKind::Global, STACK_POINTER)),
    ] {
        ensure!(exported.get(name) == Some(&expected), "it doesn't export `{name}`");
    }
    Ok(())
}

/// Refuses instructions that change what a host can't see: other globals, tables, and which segments are left.
fn check_function(body: &FunctionBody<'_>) -> Result<()> {
    for operator in body.get_operators_reader()? {
        match operator? {
            Operator::GlobalSet {
                global_index: STACK_POINTER,
            } => {}
            Operator::GlobalSet { global_index } => bail!("it sets global {global_index}"),
            Operator::TableSet { .. }
            | Operator::TableGrow { .. }
            | Operator::TableCopy { .. }
            | Operator::TableInit { .. }
            | Operator::TableFill { .. } => bail!("it changes a table"),
            // Active segments become part of the memory's image, so there is nothing left to copy from or to drop.
            Operator::MemoryInit { .. } | Operator::DataDrop { .. } | Operator::ElemDrop { .. } => {
                bail!("it copies or drops a segment")
            }
            _ => {}
        }
    }
    Ok(())
}

/// The names of functions, from the name section and, for modules that were stripped, from the exports.
fn names(module: &[u8]) -> Result<HashMap<u32, String>> {
    let mut names = HashMap::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    if export.kind == ExternalKind::Func {
                        names.insert(export.index, export.name.to_owned());
                    }
                }
            }
            Payload::CustomSection(section) => {
                let KnownCustom::Name(subsections) = section.as_known() else {
                    continue;
                };
                for subsection in subsections {
                    let Name::Function(functions) = subsection? else {
                        continue;
                    };
                    for naming in functions {
                        let naming = naming?;
                        names.insert(naming.index, naming.name.to_owned());
                    }
                }
            }
            _ => {}
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{ConstExpr, GlobalType, Instruction, ValType};

    use super::check;
    use crate::tests::Guest;

    fn refusal(guest: &Guest) -> String {
        format!("{:#}", check(&guest.encode()).expect_err("a module that breaks a rule"))
    }

    #[test]
    fn a_module_that_only_sets_the_stack_pointer_passes() {
        let guest = Guest::with_init(&[Instruction::I32Const(64), Instruction::GlobalSet(0)]);
        check(&guest.encode()).expect("it keeps the rules");
    }

    #[test]
    fn other_globals_are_not_set() {
        let mut guest = Guest::with_init(&[Instruction::I32Const(1), Instruction::GlobalSet(1)]);
        guest.globals.global(
            GlobalType {
                val_type: ValType::I32,
                mutable: true,
                shared: false,
            },
            &ConstExpr::i32_const(0),
        );
        assert_eq!(refusal(&guest), "the function init isn't allowed: it sets global 1");
    }

    #[test]
    fn tables_are_not_changed() {
        let grow = [
            Instruction::RefNull(wasm_encoder::HeapType::FUNC),
            Instruction::I32Const(1),
            Instruction::TableGrow(0),
            Instruction::Drop,
        ];
        assert_eq!(
            refusal(&Guest::with_init(&grow)),
            "the function init isn't allowed: it changes a table"
        );
    }

    #[test]
    fn the_stack_pointer_is_exported() {
        let mut guest = Guest::with_init(&[]);
        guest.stack_pointer_export = "sp";
        assert_eq!(refusal(&guest), "it doesn't export `__stack_pointer`");
    }
}
