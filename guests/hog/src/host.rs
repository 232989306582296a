//! What the host offers: a log, a way to give up, a clock and randomness. Natively these are stand-ins for tests.

#[cfg(target_arch = "wasm32")]
use jurybox_hog_abi::failure::Failure;

#[cfg(target_arch = "wasm32")]
mod imports {
    #[link(wasm_import_module = "jurybox")]
    unsafe extern "C" {
        pub safe fn log(text: *const u8, length: usize);
        pub safe fn fail(class: u32, kind: *const u8, kind_length: usize, message: *const u8, length: usize) -> !;
        pub safe fn now() -> i64;
        pub safe fn random() -> i64;
    }
}

/// Writes one line to the evaluation's log.
#[cfg(target_arch = "wasm32")]
pub fn log(line: &str) {
    imports::log(line.as_ptr(), line.len());
}

/// Ends the evaluation. `kind` is the name of the error's type where the class has one.
#[cfg(target_arch = "wasm32")]
#[cold]
#[inline(never)]
pub fn fail(class: Failure, kind: &str, message: &str) -> ! {
    imports::fail(class as u32, kind.as_ptr(), kind.len(), message.as_ptr(), message.len())
}

/// The evaluation's time in nanoseconds since 1970; it stands still while an event is judged.
#[cfg(target_arch = "wasm32")]
pub fn now() -> i64 {
    imports::now()
}

/// 64 random bits from the evaluation's seeded generator.
#[cfg(target_arch = "wasm32")]
pub fn random() -> u64 {
    imports::random() as u64
}

#[cfg(not(target_arch = "wasm32"))]
pub use native::{Failed, fail, log, now, random, take_lines};

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::cell::RefCell;

    use jurybox_hog_abi::failure::Failure;

    thread_local! {
        static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    }

    /// What the native [`fail`] panics with.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Failed {
        /// The class of the failure.
        pub class: Failure,
        /// The name of the error's type.
        pub kind: String,
        /// The message.
        pub message: String,
    }

    /// Keeps the line for [`take_lines`].
    pub fn log(line: &str) {
        LINES.with_borrow_mut(|lines| lines.push(line.to_owned()));
    }

    /// The lines logged on this thread since the last call.
    pub fn take_lines() -> Vec<String> {
        LINES.take()
    }

    /// Panics with [`Failed`].
    pub fn fail(class: Failure, kind: &str, message: &str) -> ! {
        std::panic::panic_any(Failed {
            class,
            kind: kind.to_owned(),
            message: message.to_owned(),
        })
    }

    /// A fixed moment: 2024-05-03 12:34:56.789 UTC.
    pub fn now() -> i64 {
        1_714_739_696_789_000_000
    }

    /// Always the same bits.
    pub fn random() -> u64 {
        0x8123_4567_89AB_CDEF
    }
}
