//! Building a metric in an interpreted language: the interpreter's module, with the memory it has once the snippet is
//! loaded.

use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{DataSection, ExportSection, MemorySection, MemoryType, Module};
use wasmparser::{CustomSectionReader, DataSectionReader, ExportSectionReader, MemorySectionReader, Parser};

use super::memory::Memory;
use super::section::MetricSection;

/// What the ABI of metrics asks for; the rest of an interpreter's exports is for loading.
const EXPORTS: [&str; 3] = ["memory", "alloc", "evaluate"];

/// The module.
///
/// # Errors
///
/// When the guest is no sound module.
pub fn build(guest: &[u8], memory: &Memory, section: &MetricSection) -> Result<Vec<u8>, Error> {
    let mut module = Module::new();
    let mut builder = Builder { memory };
    builder.parse_core_module(&mut module, Parser::new(0), guest)?;
    module.section(&section.custom_section());
    Ok(module.finish())
}

/// Copies the guest but for its memory and what goes with it.
struct Builder<'a> {
    memory: &'a Memory,
}

impl Reencode for Builder<'_> {
    type Error = Infallible;

    fn parse_memory_section(
        &mut self,
        memories: &mut MemorySection,
        section: MemorySectionReader<'_>,
    ) -> Result<(), Error> {
        for memory in section {
            let memory = self.memory_type(memory?)?;
            memories.memory(MemoryType {
                minimum: self.memory.pages,
                ..memory
            });
        }
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: ExportSectionReader<'_>,
    ) -> Result<(), Error> {
        for export in section {
            let export = export?;
            if EXPORTS.contains(&export.name) {
                self.parse_export(exports, export)?;
            }
        }
        Ok(())
    }

    fn data_count(&mut self, _count: u32) -> Result<u32, Error> {
        Ok(self.memory.segments())
    }

    fn parse_data_section(&mut self, data: &mut DataSection, _section: DataSectionReader<'_>) -> Result<(), Error> {
        self.memory.write(data);
        Ok(())
    }

    fn parse_custom_section(&mut self, _module: &mut Module, _section: CustomSectionReader<'_>) -> Result<(), Error> {
        // Names and notes of the interpreter's own compiler.
        Ok(())
    }
}
