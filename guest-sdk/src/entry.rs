//! What the code that `#[metric]` generates calls: the core ABI, see `ABI.md`. Not for use by hand.

pub use crate::host::log;

#[cfg(target_family = "wasm")]
pub use wasm::{alloc, evaluate};

#[cfg(target_family = "wasm")]
mod wasm {
    use std::panic::PanicHookInfo;
    use std::sync::{Mutex, Once, PoisonError};

    use crate::host;
    use crate::{Event, Verdict, json};

    /// The event document of the next run. The host writes into it.
    static INPUT: Mutex<Vec<u8>> = Mutex::new(Vec::new());
    /// The answer of the last run. The host reads it until the next.
    static ANSWER: Mutex<String> = Mutex::new(String::new());

    /// Room for a document; null when there is none.
    pub fn alloc(length: u32) -> *mut u8 {
        let mut input = INPUT.lock().unwrap_or_else(PoisonError::into_inner);
        let length = length as usize;
        *input = Vec::new();
        if input.try_reserve_exact(length).is_err() {
            return std::ptr::null_mut();
        }
        input.resize(length, 0);
        input.as_mut_ptr()
    }

    /// Runs a metric on the document that the host wrote.
    pub fn evaluate(pointer: u32, length: u32, metric: impl FnOnce(Event) -> Verdict) -> u64 {
        static HOOK: Once = Once::new();
        HOOK.call_once(|| std::panic::set_hook(Box::new(report)));

        let mut document = std::mem::take(&mut *INPUT.lock().unwrap_or_else(PoisonError::into_inner));
        assert!(
            pointer as usize == document.as_ptr() as usize && length as usize <= document.len(),
            "the event is not where alloc said"
        );
        document.truncate(length as usize);
        let Ok(document) = String::from_utf8(document) else {
            panic!("the event is not UTF-8");
        };
        let answer = metric(Event::from_document(document)).to_json().to_string();
        let place = (answer.as_ptr() as u64) << 32 | answer.len() as u64;
        *ANSWER.lock().unwrap_or_else(PoisonError::into_inner) = answer;
        place
    }

    /// Tells the host of a panic, which would otherwise be a trap without a word.
    fn report(panic: &PanicHookInfo<'_>) {
        let message = panic.payload_as_str().unwrap_or("the metric panicked");
        let mut error = json!({"type": "panic", "message": message});
        if let Some(location) = panic.location() {
            error["line"] = location.line().into();
            error["column"] = location.column().into();
            error["traceback"] = json!([location.to_string()]);
        }
        host::fail(&error.to_string());
    }
}
