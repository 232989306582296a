//! What is looked at before a module is compiled, so that compiling it takes seconds at the worst.
//!
//! Cranelift's time is about proportional to the code, but by very different factors, and some shapes of functions take it
//! the square of their length: calls through tables, loops one after the other or within each other, locals that have to be
//! brought together wherever paths meet. So a module has a price, made up of what was measured with modules that are all
//! one shape. It may be a little higher than that of a whole Python interpreter, which takes some seconds.
//!
//! Values that calls and blocks hand over cost by their number: a module of ten kilobytes whose calls, blocks or types have
//! a thousand of them takes minutes, or gigabytes.

use wasmparser::{
    BlockType, CompositeInnerType, ContType, FrameKind, FuncType, ModuleArity, Operator, Parser, Payload, RefType,
    SubType, TypeRef,
};

use crate::diagnostic::Diagnostic;
use crate::diagnostic::module as diagnostics;

/// Bytes of code in all functions.
const MAX_CODE: u64 = 16 << 20;
/// Bytes of one function. The largest of CPython has 70 KiB.
const MAX_FUNCTION: u64 = 256 << 10;
/// Functions.
const MAX_FUNCTIONS: u64 = 100_000;
/// Locals of one function.
const MAX_LOCALS: u64 = 10_000;
/// Blocks within blocks.
const MAX_DEPTH: u64 = 1_000;
/// The price of a module.
const MAX_PRICE: u64 = 64_000_000;
/// The price of one function, which no second processor helps with.
const MAX_FUNCTION_PRICE: u64 = 4_000_000;
/// Targets of all branch tables.
const MAX_TARGETS: u64 = 500_000;
const MAX_TYPES: u64 = 20_000;
const MAX_IMPORTS: u64 = 10_000;
const MAX_EXPORTS: u64 = 100_000;
const MAX_GLOBALS: u64 = 10_000;
const MAX_SEGMENTS: u64 = 100_000;
const MAX_TABLES: u64 = 32;
const MAX_MEMORIES: u64 = 32;
/// Modules and components in a component.
const MAX_PARTS: u64 = 64;
/// Definitions of a component: types, aliases, instances, functions.
const MAX_DEFINITIONS: u64 = 50_000;
/// Parameters and results that a call hands over in registers, which costs nothing.
const FREE_VALUES: u64 = 8;
/// The price of every other value, of each type, function and call: it is stored and loaded.
const VALUE_PRICE: u64 = 60;

/// Counts of everything that is bounded.
#[derive(Default)]
struct Counts {
    code: u64,
    functions: u64,
    price: u64,
    /// The price of the dearest function.
    dearest: u64,
    targets: u64,
    types: u64,
    imports: u64,
    exports: u64,
    globals: u64,
    segments: u64,
    tables: u64,
    memories: u64,
    parts: u64,
    definitions: u64,
    /// The module that is being read, and those that it is in.
    spaces: Vec<Space>,
}

/// What the types of a module's functions are, and where in a function it is being read.
#[derive(Default)]
struct Space {
    types: Vec<SubType>,
    /// By function: its type.
    functions: Vec<u32>,
    /// Bodies that were read, and imports, which have none.
    bodies: usize,
    /// The blocks around, and how many values lay on the stack where they began.
    blocks: Vec<(BlockType, FrameKind, u64)>,
    /// The values on the stack.
    height: u64,
}

impl Space {
    fn values_of_type(&self, number: u32) -> u64 {
        let ty = self.types.get(number as usize);
        ty.and_then(|ty| self.sub_type_arity(ty))
            .map_or(0, |(parameters, results)| u64::from(parameters) + u64::from(results))
    }

    fn values_of_function(&self, number: usize) -> u64 {
        self.functions
            .get(number)
            .map_or(0, |number| self.values_of_type(*number))
    }
}

impl ModuleArity for Space {
    fn sub_type_at(&self, number: u32) -> Option<&SubType> {
        self.types.get(number as usize)
    }

    fn tag_type_arity(&self, _: u32) -> Option<(u32, u32)> {
        None
    }

    fn type_index_of_function(&self, number: u32) -> Option<u32> {
        self.functions.get(number as usize).copied()
    }

    fn func_type_of_cont_type(&self, _: &ContType) -> Option<&FuncType> {
        None
    }

    fn sub_type_of_ref_type(&self, _: &RefType) -> Option<&SubType> {
        None
    }

    fn control_stack_height(&self) -> u32 {
        u32::try_from(self.blocks.len()).unwrap_or(u32::MAX)
    }

    fn label_block(&self, depth: u32) -> Option<(BlockType, FrameKind)> {
        let index = self.blocks.len().checked_sub(1)?.checked_sub(depth as usize)?;
        self.blocks.get(index).map(|(ty, kind, _)| (*ty, *kind))
    }
}

impl Space {
    /// Begins a function.
    fn enter_function(&mut self) -> u32 {
        let ty = self.functions.get(self.bodies).copied().unwrap_or(u32::MAX);
        self.bodies += 1;
        self.blocks.clear();
        self.blocks.push((BlockType::FuncType(ty), FrameKind::Block, 0));
        self.height = 0;
        ty
    }

    /// Follows an instruction, so that the values on the stack are known. What can't be reached counts as if it could.
    fn follow(&mut self, operator: &Operator<'_>) {
        let (taken, given) = operator.operator_arity(self).unwrap_or_default();
        let floor = self.blocks.last().map_or(0, |(_, _, height)| *height);
        let below = self.height.saturating_sub(taken.into()).max(floor);
        let after = below + u64::from(given);
        match operator {
            Operator::Block { blockty } | Operator::If { blockty } => {
                self.blocks.push((*blockty, FrameKind::Block, below));
                self.height = after;
            }
            Operator::Loop { blockty } => {
                self.blocks.push((*blockty, FrameKind::Loop, below));
                self.height = after;
            }
            Operator::Else => self.height = floor + u64::from(given),
            Operator::End => {
                self.height = floor + u64::from(given);
                self.blocks.pop();
            }
            _ => self.height = after,
        }
    }
}

/// The price of handing over so many values.
fn handing_over(values: u64) -> u64 {
    values.saturating_sub(FREE_VALUES) * VALUE_PRICE
}

/// Why counting stopped.
enum Stop {
    Diagnostic(Box<Diagnostic>),
    Invalid(wasmparser::BinaryReaderError),
}

impl From<wasmparser::BinaryReaderError> for Stop {
    fn from(error: wasmparser::BinaryReaderError) -> Self {
        Self::Invalid(error)
    }
}

/// Refuses what would take too long to compile.
pub fn check(wasm: &[u8]) -> Result<(), Box<Diagnostic>> {
    match count(wasm) {
        Ok(_) => Ok(()),
        Err(Stop::Diagnostic(diagnostic)) => Err(diagnostic),
        Err(Stop::Invalid(error)) => Err(diagnostics::invalid(&error.to_string()).into()),
    }
}

fn count(wasm: &[u8]) -> Result<Counts, Stop> {
    let mut counts = Counts::default();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::Version { .. } => counts.spaces.push(Space::default()),
            Payload::End(_) => drop(counts.spaces.pop()),
            Payload::TypeSection(section) => types(section, &mut counts)?,
            Payload::ImportSection(section) => imports(section, &mut counts)?,
            Payload::FunctionSection(section) => {
                add(&mut counts.functions, section.count(), MAX_FUNCTIONS, "functions")?;
                for number in section {
                    let number = number?;
                    counts.space().functions.push(number);
                }
            }
            Payload::TableSection(section) => add(&mut counts.tables, section.count(), MAX_TABLES, "tables")?,
            Payload::MemorySection(section) => {
                add(&mut counts.memories, section.count(), MAX_MEMORIES, "memories")?;
            }
            Payload::GlobalSection(section) => add(&mut counts.globals, section.count(), MAX_GLOBALS, "globals")?,
            Payload::ExportSection(section) => add(&mut counts.exports, section.count(), MAX_EXPORTS, "exports")?,
            Payload::ElementSection(section) => {
                add(&mut counts.segments, section.count(), MAX_SEGMENTS, "segments")?;
            }
            Payload::DataSection(section) => {
                add(&mut counts.segments, section.count(), MAX_SEGMENTS, "segments")?;
            }
            Payload::CodeSectionStart { size, .. } => add(&mut counts.code, size, MAX_CODE, "bytes of code")?,
            Payload::CodeSectionEntry(body) => function(&body, &mut counts)?,
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => {
                add(&mut counts.parts, 1, MAX_PARTS, "modules in it")?;
            }
            Payload::InstanceSection(section) => definitions(&mut counts, section.count())?,
            Payload::CoreTypeSection(section) => definitions(&mut counts, section.count())?,
            Payload::ComponentInstanceSection(section) => definitions(&mut counts, section.count())?,
            Payload::ComponentAliasSection(section) => definitions(&mut counts, section.count())?,
            Payload::ComponentTypeSection(section) => definitions(&mut counts, section.count())?,
            Payload::ComponentCanonicalSection(section) => definitions(&mut counts, section.count())?,
            Payload::ComponentImportSection(section) => definitions(&mut counts, section.count())?,
            Payload::ComponentExportSection(section) => definitions(&mut counts, section.count())?,
            _ => {}
        }
    }
    Ok(counts)
}

impl Counts {
    fn space(&mut self) -> &mut Space {
        if self.spaces.is_empty() {
            self.spaces.push(Space::default());
        }
        let last = self.spaces.len() - 1;
        &mut self.spaces[last]
    }

    /// Adds to the price of the module.
    fn pay(&mut self, price: u64) -> Result<(), Stop> {
        self.price += price;
        within(self.price, MAX_PRICE, "points for what takes long to compile")
    }
}

fn types(section: wasmparser::TypeSectionReader<'_>, counts: &mut Counts) -> Result<(), Stop> {
    add(&mut counts.types, section.count(), MAX_TYPES, "types")?;
    for group in section {
        for ty in group?.into_types() {
            let values = match &ty.composite_type.inner {
                CompositeInnerType::Func(ty) => (ty.params().len() + ty.results().len()) as u64,
                _ => 0,
            };
            counts.space().types.push(ty);
            // The way between this type and the host's calls is compiled once for each.
            counts.pay(handing_over(values))?;
        }
    }
    Ok(())
}

fn imports(section: wasmparser::ImportSectionReader<'_>, counts: &mut Counts) -> Result<(), Stop> {
    within(section.count().into(), MAX_IMPORTS, "imports")?;
    for import in section.into_imports() {
        add(&mut counts.imports, 1, MAX_IMPORTS, "imports")?;
        if let TypeRef::Func(number) = import?.ty {
            let space = counts.space();
            space.functions.push(number);
            space.bodies += 1;
        }
    }
    Ok(())
}

fn definitions(counts: &mut Counts, count: u32) -> Result<(), Stop> {
    add(&mut counts.definitions, count, MAX_DEFINITIONS, "definitions")
}

fn function(body: &wasmparser::FunctionBody<'_>, counts: &mut Counts) -> Result<(), Stop> {
    let bytes = body.range().len() as u64;
    within(bytes, MAX_FUNCTION, "bytes of code in one function")?;
    let mut locals = 0_u64;
    for group in body.get_locals_reader()? {
        locals += u64::from(group?.0);
        within(locals, MAX_LOCALS, "locals in one function")?;
    }
    let space = counts.space();
    let own = space.enter_function();
    let own = space.values_of_type(own);
    let mut shape = Shape {
        locals,
        handing_over: handing_over(own),
        ..Shape::default()
    };
    let mut depth = 0_u64;
    let mut operators = body.get_operators_reader()?;
    while !operators.eof() {
        shape.operators += 1;
        let operator = operators.read()?;
        let height = counts.space().height;
        match &operator {
            Operator::Block { blockty } | Operator::Loop { blockty } | Operator::If { blockty } => {
                let values = match *blockty {
                    BlockType::Empty => 0,
                    BlockType::Type(_) => 1,
                    BlockType::FuncType(number) => counts.space().values_of_type(number),
                };
                let is_loop = matches!(operator, Operator::Loop { .. });
                shape.blocks += 1;
                shape.alive += height;
                shape.loops += u64::from(is_loop);
                shape.block_values += if is_loop { 4 * values } else { values };
                depth += 1;
                within(depth, MAX_DEPTH, "blocks within blocks")?;
            }
            Operator::End => depth = depth.saturating_sub(1),
            Operator::Br { .. } | Operator::BrIf { .. } => {
                shape.branches += 1;
                shape.alive += height;
            }
            Operator::BrTable { targets } => {
                shape.branches += u64::from(targets.len());
                shape.alive += height * u64::from(targets.len()).min(depth + 1);
                add(
                    &mut counts.targets,
                    targets.len(),
                    MAX_TARGETS,
                    "targets of branch tables",
                )?;
            }
            Operator::Call { function_index } => {
                shape.calls += 1;
                shape.handing_over += handing_over(counts.space().values_of_function(*function_index as usize));
            }
            Operator::CallIndirect { type_index, .. } => {
                shape.indirect_calls += 1;
                shape.handing_over += handing_over(counts.space().values_of_type(*type_index));
            }
            _ => {}
        }
        counts.space().follow(&operator);
    }
    let price = shape.price();
    within(
        price,
        MAX_FUNCTION_PRICE,
        "points for what takes long to compile in one function",
    )?;
    counts.dearest = counts.dearest.max(price);
    counts.pay(price)
}

/// What compiling a function depends on.
#[derive(Default)]
struct Shape {
    operators: u64,
    locals: u64,
    blocks: u64,
    loops: u64,
    /// Parameters and results of blocks, those of loops four times.
    block_values: u64,
    /// The values on the stack wherever a block begins or a branch leaves, all together.
    alive: u64,
    branches: u64,
    calls: u64,
    indirect_calls: u64,
    /// The price of the values that calls hand over.
    handing_over: u64,
}

impl Shape {
    /// About the microseconds that compiling takes at the worst, on a slow machine.
    fn price(&self) -> u64 {
        let linear = 400
            + 20 * self.operators
            + 50 * self.calls
            + 160 * self.indirect_calls
            + 40 * self.blocks
            + 100 * self.loops
            + 5 * self.branches;
        let squared = self.loops * self.loops / 6
            + self.indirect_calls * self.indirect_calls / 70
            + (self.calls * self.calls + self.blocks * self.blocks) / 100;
        let joined = self.locals * (self.blocks + self.branches) / 10 + self.locals * self.loops * 25;
        // Less time than memory: three bytes for every value and block.
        let blocks = self.blocks * self.block_values / 8;
        linear + squared + joined + blocks + 3 * self.alive + self.handing_over
    }
}

fn add(count: &mut u64, more: u32, limit: u64, what: &str) -> Result<(), Stop> {
    *count += u64::from(more);
    within(*count, limit, what)
}

fn within(count: u64, limit: u64, what: &str) -> Result<(), Stop> {
    if count > limit {
        Err(Stop::Diagnostic(diagnostics::too_much(what, count, limit).into()))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::interpreter::Guest;

    #[test]
    fn real_programs_pass() {
        for guest in [Guest::Python, Guest::JavaScript] {
            let wasm = guest.wasm().expect("the guest");
            let counts = count(&wasm).map_err(|_| "refused").expect("it passes");
            assert!(counts.price < MAX_PRICE * 4 / 5, "{guest:?}: {}", counts.price);
            assert!(counts.dearest < MAX_FUNCTION_PRICE / 2, "{guest:?}: {}", counts.dearest);
        }
    }
}
