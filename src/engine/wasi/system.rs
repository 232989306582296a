//! Arguments, environment, clocks, random numbers, waiting, ending.

use super::errno::Errno;
use super::guest::Guest;

/// Events that may be waited for at once.
const MAX_EVENTS: u32 = 1024;
const SUBSCRIPTION_SIZE: u32 = 48;
const EVENT_SIZE: u32 = 32;

/// Why a guest ended itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Exit {
    /// It called `proc_exit`.
    #[error("the guest called proc_exit({0})")]
    Code(i32),
    /// It called `proc_raise`.
    #[error("the guest called proc_raise({0})")]
    Signal(u32),
}

/// `args_sizes_get` and `environ_sizes_get`: there are none.
pub fn no_texts(guest: &mut Guest<'_>, count: u32, bytes: u32) -> Result<(), Errno> {
    guest.put_u32(count, 0)?;
    guest.put_u32(bytes, 0)
}

/// `clock_res_get`.
pub fn clock_resolution(guest: &mut Guest<'_>, clock: u32, result: u32) -> Result<(), Errno> {
    match clock {
        0..=3 => guest.put_u64(result, 1),
        _ => Err(Errno::INVAL),
    }
}

/// `clock_time_get`. All clocks stand still.
pub fn clock_time(guest: &mut Guest<'_>, clock: u32, result: u32) -> Result<(), Errno> {
    let now = u64::try_from(guest.state.now_ns).unwrap_or_default();
    match clock {
        0 | 1 => guest.put_u64(result, now),
        // The time that the process and the thread computed.
        2 | 3 => guest.put_u64(result, 0),
        _ => Err(Errno::INVAL),
    }
}

/// `random_get`.
pub fn random(guest: &mut Guest<'_>, pointer: u32, length: u32) -> Result<(), Errno> {
    let buffer = guest.buffer(pointer, length)?;
    guest.pay(length.into())?;
    let (bytes, state) = guest.split(buffer);
    for chunk in bytes.chunks_mut(8) {
        let random = state.random.next().to_le_bytes();
        chunk.copy_from_slice(random.get(..chunk.len()).unwrap_or_default());
    }
    Ok(())
}

/// `poll_oneoff`: everything has happened already.
pub fn poll(guest: &mut Guest<'_>, subscriptions: u32, events: u32, count: u32, happened: u32) -> Result<(), Errno> {
    if count == 0 || count > MAX_EVENTS {
        return Err(Errno::INVAL);
    }
    guest.pay(u64::from(count) * 10)?;
    let subscriptions = guest.bytes(subscriptions, count * SUBSCRIPTION_SIZE)?.to_vec();
    let mut answer = Vec::with_capacity((count * EVENT_SIZE) as usize);
    let (subscriptions, _) = subscriptions.as_chunks::<{ SUBSCRIPTION_SIZE as usize }>();
    for subscription in subscriptions {
        let (user_data, rest) = subscription.split_at(8);
        let kind = rest.first().copied().unwrap_or_default();
        let descriptor = rest
            .get(8..12)
            .and_then(|bytes| bytes.try_into().ok())
            .map_or(0, u32::from_le_bytes);
        let errno = match kind {
            0 => Errno::SUCCESS,
            1 | 2 if guest.wasi().files.exists(descriptor) => Errno::SUCCESS,
            1 | 2 => Errno::BADF,
            _ => return Err(Errno::INVAL),
        };
        let ready = u64::from(kind != 0 && errno == Errno::SUCCESS);
        answer.extend_from_slice(user_data);
        answer.extend_from_slice(&errno.number().to_le_bytes());
        answer.extend_from_slice(&[kind, 0, 0, 0, 0, 0]);
        answer.extend_from_slice(&ready.to_le_bytes());
        answer.extend_from_slice(&[0; 8]);
    }
    guest.put(events, &answer)?;
    guest.put_u32(happened, count)
}
