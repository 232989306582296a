//! Building a metric in Hog: the runtime and the snippet, linked into one module.
//!
//! The runtime comes first with all of its indexes unchanged, the snippet's follow. Where the snippet imports the
//! runtime's functions, it now calls them. Three functions come last: the ABI's `alloc` and `evaluate`, and a `fail` that
//! tells the host of failures in the form that the ABI has for them.

use std::collections::HashMap;
use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{
    CodeSection, DataSection, ElementSection, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    GlobalSection, ImportSection, MemorySection, MemoryType, Module, TableSection, TypeSection, ValType,
};
use wasmparser::{
    BinaryReader, CodeSectionReader, ElementKind, ElementSectionReader, ExternalKind, FunctionSectionReader,
    GlobalSectionReader, Import, Parser, Payload, TableSectionReader, TypeRef, TypeSectionReader,
};

use super::memory::Memory;
use super::section::MetricSection;
use crate::language::hog::codegen::ENTRY;
use crate::snippet::Convention;

/// What is wrong with a module that should be sound. It does not depend on what the author wrote.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// It can't be read.
    #[error("a module can't be read: {0}")]
    Read(#[from] wasmparser::Error),
    /// It can't be written anew.
    #[error("a module can't be written: {0}")]
    Write(#[from] Error),
    /// The runtime and the snippet do not fit together.
    #[error("there is no `{0}`")]
    Missing(String),
}

/// Links the runtime and a snippet. `room` are the bytes that the heap may grow to.
///
/// # Errors
///
/// When the two do not fit together.
pub fn build(
    runtime: &[u8],
    snippet: &[u8],
    memory: &Memory,
    room: u32,
    section: &MetricSection,
) -> Result<Vec<u8>, LinkError> {
    let runtime = Parsed::of(runtime)?;
    let snippet = Parsed::of(snippet)?;
    let posthog = i32::from(section.convention == Convention::PostHog);

    // Where everything will be.
    let imported = runtime.imported_functions();
    let first_of_snippet = imported + runtime.functions.as_ref().map_or(0, FunctionSectionReader::count);
    let shim = first_of_snippet + snippet.functions.as_ref().map_or(0, FunctionSectionReader::count);
    let (alloc, evaluate) = (shim + 1, shim + 2);
    let fail = runtime.imports.iter().position(|import| import.name == "fail");
    let fail = u32::try_from(fail.ok_or_else(|| missing("fail"))?).unwrap_or(u32::MAX);
    let mut of_runtime = Indexes {
        functions: (0..imported)
            .map(|index| if index == fail { shim } else { index })
            .collect(),
        imported,
        ..Indexes::default()
    };
    let mut of_snippet = Indexes {
        functions: snippet
            .imports
            .iter()
            .filter(|import| matches!(import.ty, TypeRef::Func(_)))
            .map(|import| runtime.function(import.name))
            .collect::<Result<_, _>>()?,
        imported: snippet.imported_functions(),
        first_function: first_of_snippet,
        first_type: 0,
        first_table: runtime.tables.as_ref().map_or(0, TableSectionReader::count),
    };
    of_runtime.first_function = imported;

    let mut types = TypeSection::new();
    runtime.types(&mut of_runtime, &mut types)?;
    of_snippet.first_type = types.len();
    snippet.types(&mut of_snippet, &mut types)?;
    let mut add = |parameters: &[ValType], results: &[ValType]| {
        let index = types.len();
        types.ty().function(parameters.iter().copied(), results.iter().copied());
        index
    };
    let fail_type = add(&[ValType::I32; 2], &[]);
    let shim_type = add(&[ValType::I32; 5], &[]);
    let alloc_type = add(&[ValType::I32], &[ValType::I32]);
    let evaluate_type = add(&[ValType::I32; 2], &[ValType::I64]);

    let mut imports = ImportSection::new();
    for import in &runtime.imports {
        let TypeRef::Func(index) = import.ty else {
            return Err(missing(import.name));
        };
        let index = if import.name == "fail" { fail_type } else { index };
        imports.import(import.module, import.name, EntityType::Function(index));
    }

    let mut functions = FunctionSection::new();
    let mut tables = TableSection::new();
    let mut globals = GlobalSection::new();
    let mut elements = ElementSection::new();
    let mut code = CodeSection::new();
    for (parsed, indexes) in [(&runtime, &mut of_runtime), (&snippet, &mut of_snippet)] {
        if let Some(section) = parsed.functions.clone() {
            indexes.parse_function_section(&mut functions, section)?;
        }
        if let Some(section) = parsed.tables.clone() {
            indexes.parse_table_section(&mut tables, section)?;
        }
        if let Some(section) = parsed.globals.clone() {
            indexes.parse_global_section(&mut globals, section)?;
        }
        if let Some(section) = parsed.elements.clone() {
            indexes.parse_element_section(&mut elements, section)?;
        }
        if let Some(section) = parsed.code.clone() {
            indexes.parse_code_section(&mut code, section)?;
        }
    }
    functions
        .function(shim_type)
        .function(alloc_type)
        .function(evaluate_type);
    code.function(&shim_body(runtime.function("standalone_failure")?, fail));
    code.function(&alloc_body(runtime.function("standalone_alloc")?, room));
    let entry = of_snippet.function_index(snippet.function(ENTRY)?)?;
    code.function(&evaluate_body(
        runtime.function("standalone_begin")?,
        entry,
        runtime.function("standalone_end")?,
        posthog,
    ));

    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: memory.pages,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut exports = ExportSection::new();
    exports.export("memory", ExportKind::Memory, 0);
    exports.export("alloc", ExportKind::Func, alloc);
    exports.export("evaluate", ExportKind::Func, evaluate);
    let mut data = DataSection::new();
    memory.write(&mut data);

    let mut module = Module::new();
    module
        .section(&types)
        .section(&imports)
        .section(&functions)
        .section(&tables)
        .section(&memories)
        .section(&globals)
        .section(&exports)
        .section(&elements)
        .section(&code)
        .section(&data)
        .section(&section.custom_section());
    Ok(module.finish())
}

fn missing(what: &str) -> LinkError {
    LinkError::Missing(what.to_owned())
}

/// `alloc(length) -> pointer`.
fn alloc_body(alloc: u32, room: u32) -> Function {
    let mut function = Function::new([]);
    let mut code = function.instructions();
    code.local_get(0).i32_const(room.cast_signed()).call(alloc).end();
    function
}

/// `evaluate(pointer, length) -> answer`.
fn evaluate_body(begin: u32, entry: u32, end: u32, posthog: i32) -> Function {
    let mut function = Function::new([]);
    let mut code = function.instructions();
    code.local_get(0).local_get(1).i32_const(posthog).call(begin);
    code.call(entry).i32_const(posthog).call(end).end();
    function
}

/// The runtime's `fail(class, type, message)`, in terms of the ABI's `fail(text)`.
fn shim_body(failure_text: u32, fail: u32) -> Function {
    let place = 5;
    let mut function = Function::new([(1, ValType::I64)]);
    let mut code = function.instructions();
    for parameter in 0..5 {
        code.local_get(parameter);
    }
    code.call(failure_text)
        .local_tee(place)
        .i64_const(32)
        .i64_shr_u()
        .i32_wrap_i64();
    code.local_get(place).i32_wrap_i64().call(fail);
    // The runtime counts on it that nobody returns from here, whatever the host does.
    code.unreachable().end();
    function
}

/// The sections of a module.
#[derive(Default)]
struct Parsed<'a> {
    types: Option<TypeSectionReader<'a>>,
    imports: Vec<Import<'a>>,
    functions: Option<FunctionSectionReader<'a>>,
    tables: Option<TableSectionReader<'a>>,
    globals: Option<GlobalSectionReader<'a>>,
    exported: HashMap<&'a str, u32>,
    elements: Option<ElementSectionReader<'a>>,
    code: Option<CodeSectionReader<'a>>,
}

impl<'a> Parsed<'a> {
    fn of(wasm: &'a [u8]) -> Result<Self, LinkError> {
        let mut parsed = Self::default();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::TypeSection(section) => parsed.types = Some(section),
                Payload::ImportSection(section) => parsed.imports = section.into_imports().collect::<Result<_, _>>()?,
                Payload::FunctionSection(section) => parsed.functions = Some(section),
                Payload::TableSection(section) => parsed.tables = Some(section),
                Payload::GlobalSection(section) => parsed.globals = Some(section),
                Payload::ElementSection(section) => parsed.elements = Some(section),
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export?;
                        if export.kind == ExternalKind::Func {
                            parsed.exported.insert(export.name, export.index);
                        }
                    }
                }
                Payload::CodeSectionStart { range, .. } => {
                    let code = wasm.get(range.clone()).unwrap_or_default();
                    parsed.code = Some(CodeSectionReader::new(BinaryReader::new(code, range.start))?);
                }
                _ => {}
            }
        }
        Ok(parsed)
    }

    fn imported_functions(&self) -> u32 {
        let functions = self
            .imports
            .iter()
            .filter(|import| matches!(import.ty, TypeRef::Func(_)));
        u32::try_from(functions.count()).unwrap_or(u32::MAX)
    }

    /// The index of an exported function.
    fn function(&self, name: &str) -> Result<u32, LinkError> {
        self.exported.get(name).copied().ok_or_else(|| missing(name))
    }

    fn types(&self, indexes: &mut Indexes, types: &mut TypeSection) -> Result<(), LinkError> {
        if let Some(section) = self.types.clone() {
            indexes.parse_type_section(types, section)?;
        }
        Ok(())
    }
}

/// Where what one module calls by an index is in the linked one.
#[derive(Default)]
struct Indexes {
    /// Of the imported functions.
    functions: Vec<u32>,
    imported: u32,
    /// Of the first function that is not imported.
    first_function: u32,
    first_type: u32,
    first_table: u32,
}

impl Reencode for Indexes {
    type Error = Infallible;

    fn function_index(&mut self, index: u32) -> Result<u32, Error> {
        Ok(match self.functions.get(index as usize) {
            Some(resolved) => *resolved,
            None => self.first_function + (index - self.imported),
        })
    }

    fn type_index(&mut self, index: u32) -> Result<u32, Error> {
        Ok(self.first_type + index)
    }

    fn table_index(&mut self, index: u32) -> Result<u32, Error> {
        Ok(self.first_table + index)
    }

    fn parse_element(
        &mut self,
        elements: &mut ElementSection,
        mut element: wasmparser::Element<'_>,
    ) -> Result<(), Error> {
        // A table that is not named is the first one, which may not be the first any more.
        if let ElementKind::Active { table_index, .. } = &mut element.kind {
            *table_index = Some(table_index.unwrap_or(0));
        }
        utils::parse_element(self, elements, element)
    }
}
