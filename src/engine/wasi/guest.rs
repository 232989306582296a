//! One call from a guest: its memory, where every pointer and length is checked, and what the call costs it.

use wasmtime::{Caller, Trap};

use super::Wasi;
use super::errno::Errno;
use crate::engine::host::{self, HostState};
use crate::engine::run::DeadlinePassed;

/// The fuel that every call costs, so that a loop of calls is as bounded as any other loop: as much as could be burnt
/// in the time of a call.
const CALL: u64 = 200;
/// The fuel that every buffer costs that a call names.
const BUFFER: u64 = 20;
/// Fuel between two looks at the clock. Paying fuel starts the slices anew that runs are interrupted after, so that a
/// loop of calls would never be.
const SLICE: u64 = 20_000_000;
/// Buffers that a call may name.
const MAX_BUFFERS: u32 = 1024;

/// See the [module](self).
pub struct Guest<'a> {
    memory: &'a mut [u8],
    /// The host's side.
    pub state: &'a mut HostState,
    cost: u64,
    fuel: u64,
}

/// A part of the guest's memory that lies inside it.
#[derive(Clone, Copy, Debug)]
pub struct Buffer {
    start: usize,
    /// Its bytes.
    pub length: usize,
}

/// Runs a call and has the guest pay for it.
pub fn call(
    mut caller: Caller<'_, HostState>,
    work: impl FnOnce(&mut Guest<'_>) -> Result<(), Errno>,
) -> wasmtime::Result<u32> {
    let fuel = caller.get_fuel()?;
    let (memory, state) = host::memory_mut(&mut caller)?;
    let mut guest = Guest {
        memory,
        state,
        cost: CALL,
        fuel,
    };
    let errno = work(&mut guest).err().unwrap_or(Errno::SUCCESS);
    let cost = guest.cost;
    charge(&mut caller, cost)?;
    Ok(errno.number().into())
}

/// Has the guest pay fuel, and looks at the clock from time to time.
pub fn charge(caller: &mut Caller<'_, HostState>, cost: u64) -> wasmtime::Result<()> {
    let Some(left) = caller.get_fuel()?.checked_sub(cost) else {
        caller.set_fuel(0)?;
        return Err(Trap::OutOfFuel.into());
    };
    caller.set_fuel(left)?;
    if caller.data_mut().wasi.is_late(left) {
        return Err(wasmtime::Error::from(DeadlinePassed));
    }
    Ok(())
}

impl Guest<'_> {
    /// Adds to the price of the call. After an error the call must do nothing more: it ends for lack of fuel.
    pub fn pay(&mut self, fuel: u64) -> Result<(), Errno> {
        self.cost = self.cost.saturating_add(fuel);
        if self.cost > self.fuel { Err(Errno::IO) } else { Ok(()) }
    }

    /// The stand-ins' own state.
    pub fn wasi(&mut self) -> &mut Wasi {
        &mut self.state.wasi
    }

    /// A part of memory that the guest names.
    pub fn buffer(&self, pointer: u32, length: u32) -> Result<Buffer, Errno> {
        let bytes = host::bytes(self.memory, pointer, length).map_err(|_| Errno::FAULT)?;
        Ok(Buffer {
            start: pointer as usize,
            length: bytes.len(),
        })
    }

    /// The parts of memory that an array of pointers and lengths names.
    pub fn buffers(&mut self, pointer: u32, count: u32) -> Result<Vec<Buffer>, Errno> {
        if count > MAX_BUFFERS {
            return Err(Errno::INVAL);
        }
        self.pay(u64::from(count) * BUFFER)?;
        let (pairs, _) = self.bytes(pointer, count * 8)?.as_chunks::<8>();
        pairs
            .iter()
            .map(|[p0, p1, p2, p3, l0, l1, l2, l3]| {
                let pointer = u32::from_le_bytes([*p0, *p1, *p2, *p3]);
                self.buffer(pointer, u32::from_le_bytes([*l0, *l1, *l2, *l3]))
            })
            .collect()
    }

    /// The bytes of a buffer, and the host's side.
    pub fn split(&mut self, buffer: Buffer) -> (&mut [u8], &mut HostState) {
        let end = buffer.start + buffer.length;
        let bytes = self.memory.get_mut(buffer.start..end).unwrap_or_default();
        (bytes, self.state)
    }

    /// Bytes that the guest names.
    pub fn bytes(&self, pointer: u32, length: u32) -> Result<&[u8], Errno> {
        host::bytes(self.memory, pointer, length).map_err(|_| Errno::FAULT)
    }

    /// Stores bytes where the guest wants them.
    pub fn put(&mut self, pointer: u32, bytes: &[u8]) -> Result<(), Errno> {
        let start = pointer as usize;
        start
            .checked_add(bytes.len())
            .and_then(|end| self.memory.get_mut(start..end))
            .ok_or(Errno::FAULT)?
            .copy_from_slice(bytes);
        Ok(())
    }

    /// Stores a number.
    pub fn put_u32(&mut self, pointer: u32, number: u32) -> Result<(), Errno> {
        self.put(pointer, &number.to_le_bytes())
    }

    /// Stores a number.
    pub fn put_u64(&mut self, pointer: u32, number: u64) -> Result<(), Errno> {
        self.put(pointer, &number.to_le_bytes())
    }
}

impl Wasi {
    /// Whether the deadline has passed; looked at from time to time only.
    fn is_late(&mut self, fuel: u64) -> bool {
        if self.watched_at.saturating_sub(fuel) < SLICE {
            // Also when the fuel was set anew, for the next call of the host.
            self.watched_at = self.watched_at.max(fuel);
            return false;
        }
        self.watched_at = fuel;
        self.deadline
            .is_some_and(|deadline| deadline <= std::time::Instant::now())
    }
}
