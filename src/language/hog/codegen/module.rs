//! Assembles the functions of a program into one WebAssembly module.

use std::collections::HashMap;

use jurybox_hog_abi::{Value, library, memory_map};
use num_bigint::BigInt;
use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function as WasmFunction,
    FunctionSection, ImportSection, IndirectNameMap, MemoryType, NameMap, NameSection, RefType, TableSection,
    TableType, TypeSection, ValType,
};

use super::function::{self, Generator, parameter_count};
use super::runtime::{IMPORTS, Runtime};
use super::writer::{CLOSURE, FRAME, Writer};
use super::{Compiled, Pattern, Positions};
use crate::diagnostic::{LineIndex, Span};
use crate::language::hog::ast::BinaryOperator;
use crate::language::hog::image::ImageBuilder;
use crate::language::hog::resolved::{Expression, ExpressionKind, Function, FunctionId, Resolved};

/// The name under which snippets import the runtime.
const RUNTIME_MODULE: &str = "hog";
/// The function that a snippet exports: `() -> value`.
pub const ENTRY: &str = "main";
/// Constants beyond this many are not tried as regular expressions when it is unknown which ones are.
const MAX_GUESSED_PATTERNS: usize = 24;

/// Code that takes more [work](Writer::work) to compile than this gets no more inline paths for numbers. They make
/// arithmetic fast and code large, and compiling a large function takes far longer than compiling many small ones.
const MAX_INLINE_WORK: usize = 5_000;
/// Programs whose code takes more work than this are refused. It bounds the time that compilation takes.
const MAX_WORK: usize = 16_000;

/// Variables and temporaries that a function may have; WebAssembly's own limit is 50,000.
const MAX_LOCALS: usize = 40_000;

/// The program compiles to more code than a snippet may have.
#[derive(Debug)]
pub struct TooMuchCode;

/// A module in the making.
pub struct Module<'p> {
    pub program: &'p Resolved,
    pub null_safe: bool,
    constants: ImageBuilder,
    strings: HashMap<&'p str, Value>,
    throw_sites: Vec<Span>,
    /// What compiling the functions so far will cost.
    work: usize,
    patterns: Vec<Pattern>,
    /// What is asked of computed patterns: their options, case and extraction.
    unknown_patterns: Vec<(bool, bool)>,
}

impl<'p> Module<'p> {
    /// Compiles a program. With `null_safe`, ordering comparisons with null are false instead of errors.
    ///
    /// # Errors
    ///
    /// When the code would take too long to compile.
    pub fn compile(program: &'p Resolved, null_safe: bool, lines: &LineIndex) -> Result<Compiled, TooMuchCode> {
        let mut module = Self {
            program,
            null_safe,
            constants: ImageBuilder::new(memory_map::SNIPPET),
            strings: HashMap::new(),
            throw_sites: Vec::new(),
            work: 0,
            patterns: Vec::new(),
            unknown_patterns: Vec::new(),
        };
        let mut types = Types::default();
        let mut imports = ImportSection::new();
        imports.import(
            RUNTIME_MODULE,
            "memory",
            MemoryType {
                minimum: u64::from(memory_map::INITIAL_MEMORY / memory_map::WASM_PAGE),
                maximum: None,
                memory64: false,
                shared: false,
                page_size_log2: None,
            },
        );
        for (_, name, parameters, results) in IMPORTS {
            let kind = types.get(parameters, results);
            imports.import(RUNTIME_MODULE, name, EntityType::Function(kind));
        }

        let mut functions = FunctionSection::new();
        let mut code = Code::default();
        let mut names = NameMap::new();
        for (function, name, ..) in IMPORTS {
            names.append(function.index(), name);
        }
        let mut local_names = IndirectNameMap::new();
        for (number, function) in program.functions.iter().enumerate() {
            let parameters = parameter_count(function);
            functions.function(types.program_function(parameters));
            names.append(
                module.function_index(FunctionId(number)),
                display_name(number, &function.name),
            );
            let (body, variables) = module.function(FunctionId(number), function)?;
            let mut locals = NameMap::new();
            locals.append(FRAME, "frame");
            locals.append(CLOSURE, "closure");
            for (local, variable) in variables.iter().zip(&function.variables) {
                locals.append(*local, &variable.name);
            }
            local_names.append(module.function_index(FunctionId(number)), &locals);
            let check = function::depth_check(body.frame_bytes());
            code.add(Some(check), body, function.visible);
        }

        let trampoline_type = types.get(
            &[ValType::I32, ValType::I64, ValType::I32, ValType::I32],
            &[ValType::I64],
        );
        functions.function(trampoline_type);
        names.append(module.call_value_index(), "call value");
        code.add(None, function::call_value(trampoline_type), false);
        for (number, function) in program.functions.iter().enumerate() {
            functions.function(trampoline_type);
            let index = module.function_index(FunctionId(number));
            // The program itself is never called by value; its place in the table stays for the numbering.
            code.add(None, function::trampoline(index, parameter_count(function)), false);
        }
        functions.function(types.get(&[], &[ValType::I64]));
        let entry = module.trampoline_index(program.functions.len());
        names.append(entry, ENTRY);
        code.add(None, entry_point(module.function_index(FunctionId(0))), false);

        let table_size = u64::try_from(program.functions.len()).unwrap_or(u64::MAX);
        let mut tables = TableSection::new();
        tables.table(TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: table_size,
            maximum: Some(table_size),
            shared: false,
        });
        let trampolines: Vec<u32> = (0..program.functions.len())
            .map(|number| module.trampoline_index(number))
            .collect();
        let mut elements = ElementSection::new();
        elements.active(None, &ConstExpr::i32_const(0), Elements::Functions(trampolines.into()));
        let mut exports = ExportSection::new();
        exports.export(ENTRY, ExportKind::Func, entry);
        let mut name_section = NameSection::new();
        name_section.functions(&names);
        name_section.locals(&local_names);

        let mut wasm = wasm_encoder::Module::new();
        wasm.section(&types.section)
            .section(&imports)
            .section(&functions)
            .section(&tables)
            .section(&exports)
            .section(&elements)
            .section(&code.section)
            .section(&name_section);
        let wasm = wasm.finish();
        let positions = Positions::new(&wasm, &code.positions, lines);
        let throw_sites = module
            .throw_sites
            .iter()
            .map(|span| lines.position(span.start))
            .collect();
        let patterns = module.all_patterns();
        Ok(Compiled {
            wasm,
            constants: module.constants.finish(),
            patterns,
            positions,
            throw_sites,
            globals: program.globals.clone(),
        })
    }

    /// Generates a function: with inline paths as long as there is not too much code, then without.
    fn function(&mut self, id: FunctionId, function: &'p Function) -> Result<(Writer, Vec<u32>), TooMuchCode> {
        // Its trampoline looks at each parameter.
        let fixed = function.parameters;
        let throw_sites = self.throw_sites.len();
        let limit = MAX_INLINE_WORK.saturating_sub(self.work + fixed);
        let mut generated = Generator::generate(self, id, function, false, limit);
        if generated.0.work() > limit || generated.0.locals() > MAX_LOCALS {
            self.throw_sites.truncate(throw_sites);
            let limit = MAX_WORK.saturating_sub(self.work + fixed);
            generated = Generator::generate(self, id, function, true, limit);
            if generated.0.work() > limit || generated.0.locals() > MAX_LOCALS {
                return Err(TooMuchCode);
            }
        }
        self.work += generated.0.work() + fixed;
        Ok(generated)
    }

    /// The index of a function of the program.
    pub fn function_index(&self, function: FunctionId) -> u32 {
        to_u32(IMPORTS.len() + function.0)
    }

    /// The index of the function that calls values.
    pub fn call_value_index(&self) -> u32 {
        self.function_index(FunctionId(self.program.functions.len()))
    }

    fn trampoline_index(&self, number: usize) -> u32 {
        self.call_value_index() + 1 + to_u32(number)
    }

    /// A string constant.
    pub fn string(&mut self, text: &'p str) -> Value {
        if let Some(value) = self.strings.get(text) {
            return *value;
        }
        let value = self.constants.string(text);
        self.strings.insert(text, value);
        value
    }

    /// An integer constant of any size.
    pub fn integer(&mut self, value: &BigInt) -> Value {
        if let Some(small) = i64::try_from(value).ok().and_then(Value::small_int) {
            return small;
        }
        // Numbers of any size are text to serde_json, and integers stay exact.
        serde_json::from_str(&value.to_string()).map_or(Value::NULL, |number| self.constants.value(&number))
    }

    /// The number of a `throw` statement.
    pub fn throw_site(&mut self, span: Span) -> u32 {
        self.throw_sites.push(span);
        to_u32(self.throw_sites.len() - 1)
    }

    /// Notes the pattern of a matching operator, so that it is compiled before the first event.
    pub fn note_pattern(&mut self, operator: BinaryOperator, pattern: &'p Expression) {
        match operator {
            BinaryOperator::Match | BinaryOperator::NotMatch => self.note(pattern, false, false),
            BinaryOperator::MatchInsensitive | BinaryOperator::NotMatchInsensitive => self.note(pattern, true, false),
            _ => {}
        }
    }

    /// The same for the library functions that take a pattern as their second argument.
    pub fn note_library_pattern(&mut self, number: usize, arguments: &'p [Expression]) {
        let name = library::FUNCTIONS.get(number).map(|function| function.name);
        if let (Some(name @ ("match" | "extractRegex")), Some(pattern)) = (name, arguments.get(1)) {
            self.note(pattern, false, name == "extractRegex");
        }
    }

    fn note(&mut self, pattern: &'p Expression, insensitive: bool, extracts: bool) {
        if let ExpressionKind::String(text) = &pattern.kind {
            let text = self.string(text);
            add_pattern(
                &mut self.patterns,
                Pattern {
                    text,
                    insensitive,
                    extracts,
                },
            );
        } else if !self.unknown_patterns.contains(&(insensitive, extracts)) {
            self.unknown_patterns.push((insensitive, extracts));
        }
    }

    /// The known patterns, and where a pattern is computed, the constants that look like one.
    fn all_patterns(&mut self) -> Vec<Pattern> {
        let mut patterns = std::mem::take(&mut self.patterns);
        let is_pattern = |text: &&str| text.contains(['\\', '.', '+', '*', '?', '(', '[', '{', '|', '^', '$']);
        let mut candidates: Vec<_> = self.strings.keys().copied().filter(is_pattern).collect();
        candidates.sort_unstable();
        candidates.truncate(MAX_GUESSED_PATTERNS);
        for (insensitive, extracts) in &self.unknown_patterns {
            for text in &candidates {
                let pattern = Pattern {
                    text: self.strings[text],
                    insensitive: *insensitive,
                    extracts: *extracts,
                };
                add_pattern(&mut patterns, pattern);
            }
        }
        patterns
    }
}

/// Adds a pattern, or what is asked of it if it is there.
fn add_pattern(patterns: &mut Vec<Pattern>, new: Pattern) {
    match patterns
        .iter_mut()
        .find(|known| known.text == new.text && known.insensitive == new.insensitive)
    {
        Some(known) => known.extracts |= new.extracts,
        None => patterns.push(new),
    }
}

fn to_u32(number: usize) -> u32 {
    u32::try_from(number).expect("the source's size bounds the number of functions and errors")
}

fn display_name(number: usize, name: &str) -> &str {
    match (number, name) {
        (0, _) => "program",
        (_, name) => name,
    }
}

/// The exported function: runs the program on an empty shadow stack and reports an error that nothing caught.
fn entry_point(program: u32) -> Writer {
    let mut out = Writer::new(0);
    // The two parameters that every function of the program has do not exist here.
    let result = FRAME;
    out.op().i32_const(memory_map::SHADOW.cast_signed());
    out.constant(Value::NULL);
    out.op().call(program).local_tee(result);
    out.constant(Value::EXCEPTION);
    out.op().i64_eq();
    out.if_(wasm_encoder::BlockType::Empty);
    out.call(Runtime::Uncaught);
    out.op().unreachable();
    out.end();
    out.op().local_get(result);
    out.local(ValType::I64);
    out
}

/// The type section, without duplicates.
#[derive(Default)]
struct Types {
    section: TypeSection,
    known: HashMap<(Vec<ValType>, Vec<ValType>), u32>,
}

impl Types {
    fn get(&mut self, parameters: &[ValType], results: &[ValType]) -> u32 {
        let section = &mut self.section;
        *self
            .known
            .entry((parameters.to_vec(), results.to_vec()))
            .or_insert_with(|| {
                section
                    .ty()
                    .function(parameters.iter().copied(), results.iter().copied());
                section.len() - 1
            })
    }

    /// Frame, closure, parameters.
    fn program_function(&mut self, parameters: u32) -> u32 {
        let mut all = vec![ValType::I32, ValType::I64];
        all.extend((0..parameters).map(|_| ValType::I64));
        self.get(&all, &[ValType::I64])
    }
}

/// The code section and where in it the source's positions are.
#[derive(Default)]
struct Code {
    section: CodeSection,
    /// For each function: offsets from the start of its body.
    positions: Vec<Vec<(u32, Span)>>,
}

impl Code {
    fn add(&mut self, prefix: Option<Writer>, body: Writer, visible: bool) {
        let (locals, code, positions) = body.finish();
        let mut function = WasmFunction::new_with_locals_types(locals);
        if let Some(prefix) = prefix {
            function.raw(prefix.finish().1);
        }
        let start = to_u32(function.byte_len());
        function.raw(code);
        function.instructions().end();
        self.section.function(&function);
        let positions = if visible { positions } else { Vec::new() };
        self.positions.push(
            positions
                .into_iter()
                .map(|(offset, span)| (start + offset, span))
                .collect(),
        );
    }
}
