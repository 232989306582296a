//! One WebAssembly function in the making: its instructions, its locals, and the part of the shadow stack it uses.
//!
//! The collector sees values only on the shadow stack. Collections happen at the start of functions and at the end of
//! loop turns, nowhere else; so before a call of a function of the program, everything that the caller still needs is
//! stored in its frame: the variables in scope, then the temporaries of the expression at hand.

use jurybox_hog_abi::{Value, layout, memory_map};
use wasm_encoder::{BlockType, InstructionSink, MemArg, ValType};

use super::runtime::Runtime;
use crate::diagnostic::Span;

/// The address of the function's frame on the shadow stack.
pub const FRAME: u32 = 0;
/// The closure that is running.
pub const CLOSURE: u32 = 1;
/// The first parameter.
pub const PARAMETERS: u32 = 2;

/// Bytes of straight code that take as long to compile as one call or block.
const BYTES_PER_WORK: usize = 100;

/// Variables in scope that make a block as much work again: each has to be somewhere on every way through it.
const VARIABLES_PER_WORK: usize = 8;

/// A place that branches can go to.
#[derive(Clone, Copy, Debug)]
pub struct Label(u32);

/// See the [module](self).
#[derive(Default)]
pub struct Writer {
    code: Vec<u8>,
    /// Code offset and position in the source of every instruction that may fail.
    pub positions: Vec<(u32, Span)>,
    /// Whether operators are calls of the runtime and nothing else: without paths inline for numbers.
    pub compact: bool,
    /// What the machine code will cost to make.
    work: usize,
    parameters: u32,
    locals: Vec<ValType>,
    unused: Vec<u32>,
    depth: u32,
    /// The locals that the collector must see, in scope order.
    pub in_scope: Vec<u32>,
    temporaries: u32,
    slots: u32,
}

fn slot(index: u32) -> MemArg {
    word(layout::FRAME_HEADER + 8 * index)
}

/// An aligned 8-byte access at an offset.
pub fn word(offset: u32) -> MemArg {
    MemArg {
        offset: u64::from(offset),
        align: 3,
        memory_index: 0,
    }
}

/// An aligned 4-byte access at an offset.
pub fn half_word(offset: u32) -> MemArg {
    MemArg {
        offset: u64::from(offset),
        align: 2,
        memory_index: 0,
    }
}

impl Writer {
    pub fn new(parameters: u32) -> Self {
        Self {
            parameters: PARAMETERS + parameters,
            ..Self::default()
        }
    }

    /// The next instruction.
    pub fn op(&mut self) -> InstructionSink<'_> {
        InstructionSink::new(&mut self.code)
    }

    pub fn constant(&mut self, value: Value) {
        self.op().i64_const(value.0.cast_signed());
    }

    /// A new local, for good.
    pub fn local(&mut self, kind: ValType) -> u32 {
        self.locals.push(kind);
        self.parameters + u32::try_from(self.locals.len()).unwrap_or(u32::MAX) - 1
    }

    /// A local for the moment; give it back with [`Self::release`].
    pub fn temporary(&mut self) -> u32 {
        self.unused.pop().unwrap_or_else(|| self.local(ValType::I64))
    }

    pub fn release(&mut self, local: u32) {
        self.unused.push(local);
    }

    /// Pops the value at hand into a temporary.
    pub fn stash(&mut self) -> u32 {
        let local = self.temporary();
        self.op().local_set(local);
        local
    }

    pub fn call(&mut self, function: Runtime) {
        self.work += 1;
        self.op().call(function.index());
    }

    /// A call that may fail: errors in it stand at `span`.
    pub fn call_at(&mut self, function: Runtime, span: Span) {
        self.mark(span);
        self.call(function);
    }

    /// The next instruction stands for this part of the source.
    pub fn mark(&mut self, span: Span) {
        let offset = u32::try_from(self.code.len()).unwrap_or(u32::MAX);
        self.positions.push((offset, span));
    }

    pub fn block(&mut self, kind: BlockType) -> Label {
        self.op().block(kind);
        self.entered()
    }

    pub fn loop_(&mut self) -> Label {
        self.op().loop_(BlockType::Empty);
        self.entered()
    }

    pub fn if_(&mut self, kind: BlockType) {
        self.count_block();
        self.op().if_(kind);
        self.depth += 1;
    }

    pub fn else_(&mut self) {
        self.op().else_();
    }

    pub fn end(&mut self) {
        self.op().end();
        self.depth -= 1;
    }

    fn count_block(&mut self) {
        self.work += 1 + self.in_scope.len() / VARIABLES_PER_WORK;
    }

    fn entered(&mut self) -> Label {
        self.count_block();
        self.depth += 1;
        Label(self.depth)
    }

    pub fn branch(&mut self, label: Label) {
        let distance = self.depth - label.0;
        self.op().br(distance);
    }

    pub fn branch_if(&mut self, label: Label) {
        let distance = self.depth - label.0;
        self.op().br_if(distance);
    }

    fn top(&self) -> u32 {
        u32::try_from(self.in_scope.len()).unwrap_or(u32::MAX) + self.temporaries
    }

    /// How many temporaries are on the shadow stack; for [`Self::unroot_to`].
    pub fn rooted(&self) -> u32 {
        self.temporaries
    }

    /// Stores a local on the shadow stack, above the variables and the other temporaries.
    pub fn root(&mut self, local: u32) {
        let index = self.top();
        self.op().local_get(FRAME).local_get(local).i64_store(slot(index));
        self.grow_temporaries();
    }

    fn grow_temporaries(&mut self) {
        self.temporaries += 1;
        self.slots = self.slots.max(self.top());
    }

    pub fn unroot_to(&mut self, count: u32) {
        self.temporaries = count;
    }

    /// Starts a store into the next slot: the value is computed next, [`Self::end_store`] follows.
    pub fn begin_store(&mut self) {
        self.op().local_get(FRAME);
    }

    pub fn end_store(&mut self) {
        let index = self.top();
        self.op().i64_store(slot(index));
        self.grow_temporaries();
    }

    /// Pushes the address of temporary number `index`.
    pub fn temporary_address(&mut self, index: u32) {
        let slot = u32::try_from(self.in_scope.len()).unwrap_or(u32::MAX) + index;
        let offset = layout::FRAME_HEADER + 8 * slot;
        self.op().local_get(FRAME).i32_const(offset.cast_signed()).i32_add();
    }

    /// Makes the frame complete and pushes the address that follows it: where the frame of a callee begins.
    pub fn finish_frame(&mut self) {
        for index in 0..self.in_scope.len() {
            let local = self.in_scope[index];
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            self.op().local_get(FRAME).local_get(local).i64_store(slot(index));
        }
        let used = self.top();
        self.slots = self.slots.max(used);
        let size = frame_size(used);
        let header = u64::from(size) << 32 | u64::from(used);
        self.op()
            .local_get(FRAME)
            .i64_const(header.cast_signed())
            .i64_store(word(0));
        self.op().local_get(FRAME).i32_const(size.cast_signed()).i32_add();
    }

    /// Lets the collector run if the heap has grown enough.
    pub fn safepoint(&mut self) {
        self.op().i32_const(0).i32_load(half_word(memory_map::STATE_COLLECT));
        self.if_(BlockType::Empty);
        self.finish_frame();
        self.call(Runtime::Collect);
        self.end();
    }

    /// What it costs to make machine code of this: calls and blocks take most of the time, the rest goes by the size.
    pub fn work(&self) -> usize {
        self.work + self.code.len() / BYTES_PER_WORK
    }

    /// How many locals there are besides the parameters.
    pub fn locals(&self) -> usize {
        self.locals.len()
    }

    /// The most bytes of the shadow stack that the function may use.
    pub fn frame_bytes(&self) -> u32 {
        frame_size(self.slots)
    }

    /// The function's locals (without parameters) and its code; the code still lacks the final `end`.
    pub fn finish(self) -> (Vec<ValType>, Vec<u8>, Vec<(u32, Span)>) {
        (self.locals, self.code, self.positions)
    }
}

fn frame_size(slots: u32) -> u32 {
    layout::FRAME_MIN.max(layout::FRAME_HEADER + 8 * slots)
}
