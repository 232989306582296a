#![doc = include_str!("../README.md")]

mod event;
mod host;
mod verdict;

#[doc(hidden)]
pub mod entry;

pub use event::{Event, EventError};
pub use host::{now, random};
/// Turns a function into the entry point of a metric.
///
/// The function may have any name. It takes the event, as [`Event`] or `&Event`, and returns anything that is
/// [`IntoVerdict`]: a boolean, a number, a text, an `Option`, a `Result`, a [`Verdict`], or a tuple of a value and a reason.
/// The function itself stays as it is, so that tests can call it.
///
/// ```
/// use jurybox_guest::{Event, metric};
///
/// #[metric]
/// fn is_short(event: &Event) -> bool {
///     event.output_text().len() <= 280
/// }
///
/// let event = Event::from_json(r#"{"output": "Fine, thanks."}"#)?;
/// assert!(is_short(&event));
/// # Ok::<(), jurybox_guest::EventError>(())
/// ```
///
/// A crate has one metric. What can't be a metric does not compile:
///
/// ```compile_fail
/// #[jurybox_guest::metric]
/// fn two(input: jurybox_guest::Event, output: jurybox_guest::Event) -> bool {
///     true
/// }
/// ```
///
/// ```compile_fail
/// #[jurybox_guest::metric]
/// fn nothing(event: jurybox_guest::Event) {}
/// ```
pub use jurybox_guest_macros::metric;
pub use serde_json::{Map, Value, json};
pub use verdict::{IntoVerdict, Verdict};

/// Writes a line to the log of the verdict. Takes what [`format!`] takes.
///
/// Outside the sandbox, in tests, the line goes to stderr.
///
/// ```
/// let words = 7;
/// jurybox_guest::log!("{words} words");
/// ```
#[macro_export]
macro_rules! log {
    ($($argument:tt)*) => {
        $crate::entry::log(&::std::format!($($argument)*))
    };
}
