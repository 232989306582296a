//! What the memory of a clean instance holds: the image of a runtime, and snapshots, which are the image with some
//! pages changed by loading a snippet.

use std::sync::Arc;

use wasmparser::{DataKind, Operator, Parser, Payload};

/// Bytes of a page, the unit of copying.
pub const PAGE: usize = 4096;

type Page = Box<[u8; PAGE]>;

static ZEROS: [u8; PAGE] = [0; PAGE];

/// The memory of a new instance of a module.
#[derive(Debug)]
pub struct Image {
    pages: Vec<Option<Page>>,
}

impl Image {
    /// The image that a module's memory and active data segments describe; `None` if they are not plain.
    pub fn of_module(wasm: &[u8]) -> Option<Self> {
        let mut pages: Vec<Option<Page>> = Vec::new();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload.ok()? {
                Payload::MemorySection(memories) => {
                    let memory = memories.into_iter().next()?.ok()?;
                    let bytes = usize::try_from(memory.initial).ok()?.checked_mul(65536)?;
                    pages.resize_with(bytes / PAGE, || None);
                }
                Payload::DataSection(segments) => {
                    for segment in segments {
                        let segment = segment.ok()?;
                        let DataKind::Active {
                            memory_index: 0,
                            offset_expr,
                        } = segment.kind
                        else {
                            return None;
                        };
                        let Operator::I32Const { value } = offset_expr.get_operators_reader().read().ok()? else {
                            return None;
                        };
                        write(&mut pages, usize::try_from(value.cast_unsigned()).ok()?, segment.data)?;
                    }
                }
                _ => {}
            }
        }
        Some(Self { pages })
    }

    /// The image that the memory of a new instance is.
    pub fn of_memory(memory: &[u8]) -> Self {
        let (pages, _) = memory.as_chunks::<PAGE>();
        let pages = pages
            .iter()
            .map(|page| (*page != ZEROS).then(|| Box::new(*page)))
            .collect();
        Self { pages }
    }

    /// Bytes of the memory.
    pub fn size(&self) -> usize {
        self.pages.len() * PAGE
    }

    fn page(&self, number: u32) -> &[u8; PAGE] {
        match self.pages.get(number as usize) {
            Some(Some(page)) => page,
            _ => &ZEROS,
        }
    }
}

fn write(pages: &mut [Option<Page>], offset: usize, data: &[u8]) -> Option<()> {
    let mut offset = offset;
    let mut data = data;
    while !data.is_empty() {
        let page = pages.get_mut(offset / PAGE)?.get_or_insert_with(|| Box::new(ZEROS));
        let start = offset % PAGE;
        let (now, later) = data.split_at(data.len().min(PAGE - start));
        page[start..start + now.len()].copy_from_slice(now);
        offset += now.len();
        data = later;
    }
    Some(())
}

/// An image with changed pages.
#[derive(Debug)]
pub struct Snapshot {
    image: Arc<Image>,
    /// By page number: 0 for a page of the image, otherwise the index of a changed page plus one.
    index: Box<[u16]>,
    changed: Vec<(u32, Page)>,
}

impl Snapshot {
    /// The image itself.
    pub fn unchanged(image: Arc<Image>) -> Self {
        let index = vec![0; image.pages.len()].into();
        Self {
            image,
            index,
            changed: Vec::new(),
        }
    }

    /// The image with those of `candidates` in which `memory` differs. `None` if there are too many.
    pub fn of_memory(image: Arc<Image>, memory: &[u8], candidates: impl Iterator<Item = u32>) -> Option<Self> {
        let mut snapshot = Self::unchanged(image);
        // Loading may have grown the memory; beyond the image there were zeros.
        let mut index = std::mem::take(&mut snapshot.index).into_vec();
        index.resize(memory.len() / PAGE, 0);
        snapshot.index = index.into();
        for number in candidates {
            let start = number as usize * PAGE;
            let now: &[u8; PAGE] = memory.get(start..start + PAGE)?.try_into().ok()?;
            let entry = snapshot.index.get_mut(number as usize)?;
            if now != snapshot.image.page(number) && *entry == 0 {
                snapshot.changed.push((number, Box::new(*now)));
                *entry = u16::try_from(snapshot.changed.len()).ok()?;
            }
        }
        Some(snapshot)
    }

    /// What it is based on.
    pub fn image(&self) -> &Arc<Image> {
        &self.image
    }

    /// The content of a page.
    pub fn page(&self, number: u32) -> &[u8; PAGE] {
        let index = self.index.get(number as usize).copied().unwrap_or_default();
        match usize::from(index)
            .checked_sub(1)
            .and_then(|index| self.changed.get(index))
        {
            Some((_, page)) => page,
            None => self.image.page(number),
        }
    }

    /// The numbers of the changed pages.
    pub fn changed(&self) -> impl Iterator<Item = u32> {
        self.changed.iter().map(|(number, _)| *number)
    }

    /// Bytes of the memory.
    pub fn size(&self) -> usize {
        self.index.len() * PAGE
    }

    /// Whether `memory` is equal to the snapshot.
    #[cfg(test)]
    pub fn equals(&self, memory: &[u8]) -> bool {
        memory.len() == self.size()
            && memory
                .chunks_exact(PAGE)
                .zip(0..)
                .all(|(page, number)| page == self.page(number))
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{ConstExpr, DataSection, MemorySection, MemoryType, Module};

    use super::*;

    /// A module with one page of memory and these data segments.
    fn image(segments: &[(i32, &[u8])]) -> Option<Image> {
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: 1,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        let mut data = DataSection::new();
        for (offset, bytes) in segments {
            data.active(0, &ConstExpr::i32_const(*offset), bytes.iter().copied());
        }
        let mut module = Module::new();
        module.section(&memories).section(&data);
        Image::of_module(&module.finish())
    }

    #[test]
    fn an_image_is_what_the_data_segments_say() {
        let image = image(&[(4090, b"0123456789"), (65535, b"x")]).expect("an image");
        assert_eq!(image.size(), 65536);
        assert_eq!(&image.page(0)[4090..], b"012345");
        assert_eq!(&image.page(1)[..4], b"6789");
        assert_eq!(image.page(2), &ZEROS);
        assert_eq!(image.page(15)[4095], b'x');
    }

    #[test]
    fn a_segment_outside_of_memory_is_refused() {
        assert!(image(&[(65535, b"xy")]).is_none());
        assert!(image(&[(-1, b"x")]).is_none());
    }

    #[test]
    fn a_snapshot_holds_the_pages_that_differ() {
        let image = Arc::new(image(&[]).expect("an image"));
        let mut memory = vec![0; 65536];
        memory[5 * PAGE + 7] = 1;
        let snapshot = Snapshot::of_memory(image, &memory, [4, 5, 5, 6].into_iter()).expect("a snapshot");
        assert_eq!(snapshot.changed().collect::<Vec<_>>(), [5]);
        assert!(snapshot.equals(&memory));
        assert_eq!(snapshot.page(5)[7], 1);
        assert_eq!(snapshot.page(4), &ZEROS);
    }
}
