//! Deep copies. What is shared or cyclic in the original is so in the copy.

use jurybox_hog_abi::layout::{LIST_DATA, OBJECT_ENTRIES};
use jurybox_hog_abi::{Kind, Unpacked, Value};

use crate::heap::{read_u32, read_u64, write_u64};
use crate::{errors, list, object};

/// A copy that shares nothing that can be changed.
pub fn copy(value: Value) -> Value {
    let mut copier = Copier {
        known: Vec::new(),
        used: 0,
        open: Vec::new(),
    };
    let copied = copier.shallow(value);
    while let Some((first, count, step)) = copier.open.pop() {
        for number in 0..count {
            let at = first + number * step;
            let inner = copier.shallow(Value(read_u64(at)));
            write_u64(at, inner.0);
        }
    }
    copied
}

struct Copier {
    /// Original and copy of each container: a hash table with open addressing, 0 for empty.
    known: Vec<(u32, u32)>,
    used: usize,
    /// Copies whose values are still the original's: the first value's address, how many, how far apart.
    open: Vec<(u32, u32, u32)>,
}

impl Copier {
    /// A copy of one container with the values of the original, which are copied later.
    fn shallow(&mut self, value: Value) -> Value {
        let Unpacked::Ref(kind @ (Kind::Array | Kind::Tuple | Kind::Object | Kind::Error), address) = value.unpack()
        else {
            return value;
        };
        if let Some(copy) = self.find(address) {
            return Value::reference(kind, copy);
        }
        let copied = match kind {
            Kind::Object => Value::reference(kind, object::duplicate(address)),
            Kind::Error => {
                let field = |number: u32| Value(read_u64(address + 8 + number * 8));
                errors::new(field(0), field(1), field(2))
            }
            _ => list::new(kind, list::at(address)),
        };
        let copy = copied.0 as u32;
        self.remember(address, copy);
        match kind {
            Kind::Object => {
                let entries = read_u32(copy + OBJECT_ENTRIES);
                self.open.push((entries + 8, object::at(copy).len() as u32, 16));
            }
            Kind::Error => self.open.push((copy + 8, 3, 8)),
            _ => self.open.push((copy + LIST_DATA, list::at(copy).len() as u32, 8)),
        }
        copied
    }

    fn find(&self, original: u32) -> Option<u32> {
        let mask = self.known.len().wrapping_sub(1);
        let mut slot = hash(original) & mask;
        while let Some((known, copy)) = self.known.get(slot) {
            if *known == original {
                return Some(*copy);
            }
            if *known == 0 {
                break;
            }
            slot = (slot + 1) & mask;
        }
        None
    }

    fn remember(&mut self, original: u32, copy: u32) {
        if self.used * 2 >= self.known.len() {
            let size = (self.known.len() * 2).max(16);
            let old = std::mem::replace(&mut self.known, vec![(0, 0); size]);
            old.into_iter()
                .filter(|(known, _)| *known != 0)
                .for_each(|(known, copy)| self.place(known, copy));
        }
        self.place(original, copy);
        self.used += 1;
    }

    fn place(&mut self, original: u32, copy: u32) {
        let mask = self.known.len() - 1;
        let mut slot = hash(original) & mask;
        while self.known[slot].0 != 0 {
            slot = (slot + 1) & mask;
        }
        self.known[slot] = (original, copy);
    }
}

fn hash(address: u32) -> usize {
    (address.wrapping_mul(0x9E37_79B1) >> 7) as usize
}
