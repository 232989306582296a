//! How guests may end, whatever they tried.

use std::time::Duration;

use jurybox::{Color, Diagnostic, Limits, Status, Verdict, render};

use crate::folder::Guest;
use crate::sandbox::Ending;

/// The longest type of an error, in bytes, and of a line of its traceback.
const MAX_TEXT: usize = 20 << 10;
/// The longest report of a snippet that does not compile, beside its source.
const MAX_REPORT: usize = 1 << 20;

/// Whether a guest ended as its file says, and said no more than it may.
pub fn check(guest: &Guest, ending: &Ending) -> Result<(), String> {
    match ending {
        Ok(verdict) => judged(guest, verdict).map_err(|problem| format!("{problem}\n{}", short(verdict))),
        Err(diagnostics) => refused(guest, diagnostics).map_err(|problem| {
            let all: Vec<_> = diagnostics
                .iter()
                .map(|one| format!("{}: {}", one.code, one.message))
                .collect();
            format!("{problem}\n{}", cut(&all.join("\n")))
        }),
    }
}

fn judged(guest: &Guest, verdict: &Verdict) -> Result<(), String> {
    bounded(&guest.limits, verdict)?;
    if verdict.status != guest.ends {
        return Err(format!("it ends with {} instead of {}", verdict.status, guest.ends));
    }
    let message = verdict.error.as_ref().map_or("", |error| &error.message);
    if let Some(part) = &guest.says
        && !message.contains(part)
    {
        return Err(format!("its error does not say `{part}`"));
    }
    if let Some(value) = &guest.returns
        && verdict.value != *value
    {
        return Err(format!(
            "it returns {} instead of {value}",
            cut(&verdict.value.to_string())
        ));
    }
    if guest.ends == Status::OutOfFuel && verdict.usage.fuel != guest.limits.fuel {
        return Err(format!(
            "it is billed {} of {} fuel",
            verdict.usage.fuel, guest.limits.fuel
        ));
    }
    Ok(())
}

/// What holds for every verdict.
fn bounded(limits: &Limits, verdict: &Verdict) -> Result<(), String> {
    let within = |what: &str, figure: usize, limit: usize| {
        if figure <= limit {
            Ok(())
        } else {
            Err(format!("{what}: {figure}, the limit is {limit}"))
        }
    };
    if verdict.usage.fuel > limits.fuel {
        return Err(format!(
            "it is billed {} fuel, the limit is {}",
            verdict.usage.fuel, limits.fuel
        ));
    }
    within("bytes of the value", verdict.value.to_string().len(), limits.result)?;
    within(
        "bytes of the reasoning",
        verdict.reasoning.len(),
        limits.result.max(limits.logs + 200),
    )?;
    let lines = verdict.logs.iter().map(String::len).sum();
    within("bytes of log lines", lines, limits.logs + 200)?;
    within("log lines", verdict.logs.len(), limits.logs + 1)?;
    if let Some(error) = &verdict.error {
        // Hog's errors show the value that was wrong.
        within("bytes of the message", error.message.len(), limits.result + 1000)?;
        within(
            "bytes of the type",
            error.error_type.as_ref().map_or(0, String::len),
            MAX_TEXT,
        )?;
        within("lines of the traceback", error.traceback.len(), 100)?;
        let longest = error.traceback.iter().map(String::len).max().unwrap_or_default();
        within("bytes of a line of the traceback", longest, MAX_TEXT)?;
    }
    Ok(())
}

fn refused(guest: &Guest, diagnostics: &[Diagnostic]) -> Result<(), String> {
    if guest.ends != Status::CompileError {
        return Err(format!("it does not compile, and should end with {}", guest.ends));
    }
    let source = guest.source();
    let source = if source.starts_with(b"\0asm") {
        "".into()
    } else {
        String::from_utf8_lossy(&source)
    };
    let report: usize = diagnostics
        .iter()
        .map(|diagnostic| render(diagnostic, &source, "guest", Color::Never).len())
        .sum();
    if report > MAX_REPORT {
        return Err(format!("the report has {report} bytes"));
    }
    let fits = |diagnostic: &&Diagnostic| {
        diagnostic.is_error()
            && guest.code.as_ref().is_none_or(|code| diagnostic.code == *code)
            && guest.says.as_ref().is_none_or(|part| diagnostic.message.contains(part))
    };
    if diagnostics.iter().any(|diagnostic| fits(&diagnostic)) {
        Ok(())
    } else {
        Err(format!("no diagnostic is {:?} and says {:?}", guest.code, guest.says))
    }
}

/// A verdict, fit to be shown.
fn short(verdict: &Verdict) -> String {
    let error = verdict
        .error
        .as_ref()
        .map(|error| (error.error_type.as_deref(), cut(&error.message), error.line));
    let elapsed = Duration::from_micros(verdict.usage.elapsed_us);
    format!(
        "{}: {} {error:?}, {} fuel, {} bytes, {elapsed:?}, logs: {}",
        verdict.status,
        cut(&verdict.value.to_string()),
        verdict.usage.fuel,
        verdict.usage.memory,
        cut(&verdict.logs.join(" | ")),
    )
}

fn cut(text: &str) -> String {
    let end = text.floor_char_boundary(400);
    text.get(..end).unwrap_or_default().to_owned()
}
