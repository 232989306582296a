//! Events.

use std::io::{BufRead, BufReader};

use serde_json::{Map, Value};

use crate::Event;
use crate::event::reader::EventReader;
use crate::language::hog::image::EventImage;
use crate::language::hog::image::reader::{expected, read};
use crate::posthog::globals;

/// JSON text as an event: what guests find in memory and in the document is what `serde_json` reads.
///
/// # Panics
///
/// When it is not so.
pub fn event_image(text: &str) {
    let plain: Result<Value, _> = serde_json::from_str(text);
    if let Ok(Value::Object(globals)) = &plain {
        of_globals(globals);
    }
    let event = match Event::from_json(text) {
        Ok(event) => event,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    // Half surrogate pairs are mended, and nothing else differs.
    if let Ok(plain) = plain {
        assert_eq!(event.value(), &plain);
    }
    let again = Event::from_json(event.json()).unwrap_or_else(|error| panic!("its own text: {error}"));
    assert_eq!(again, event);
    for (image, globals) in [
        (event.core_image(), globals::json::core(&event)),
        (event.full_image(), globals::json::full(&event)),
    ] {
        let image = image.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(read(image), expected(&globals.into()));
    }
    let document: Value =
        serde_json::from_str(event.document()).unwrap_or_else(|error| panic!("{error}: {}", event.document()));
    assert!(document["properties"].is_object() && document["tool_calls"].is_array());
    assert_eq!(document["expected"], event.expected().cloned().unwrap_or_default());
    // Every other field of a plain event is there as it was, unless it goes by a name of the document's.
    let (documented, fields) = (document.as_object(), event.value().as_object());
    for (name, value) in fields.into_iter().flatten() {
        let documented = documented.and_then(|fields| fields.get(name));
        assert!(documented.is_some(), "{name} is missing");
        let own = [
            "id",
            "input",
            "output",
            "input_text",
            "output_text",
            "expected",
            "metadata",
            "properties",
            "model",
            "tool_calls",
        ];
        if !own.contains(&name.as_str()) {
            assert_eq!(documented.map(expected), Some(expected(value)), "{name}");
        }
    }
    assert!(event.input_preview().chars().count() <= 203 && event.output_preview().chars().count() <= 203);
    std::hint::black_box((
        event.uuid(),
        event.name(),
        event.distinct_id(),
        event.timestamp(),
        event.trace_id(),
        event.fingerprint(),
    ));
}

fn of_globals(globals: &Map<String, Value>) {
    let image = EventImage::of_globals(globals).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(read(&image), expected(&globals.clone().into()));
}

/// Any bytes as a file of events: however they arrive, the same events and the same errors come out, and it ends.
///
/// # Panics
///
/// When it is not so.
pub fn event_reader(bytes: &[u8]) {
    const LIMIT: usize = 512;
    let whole = events(bytes, bytes.len() + 1, LIMIT);
    for capacity in [1, 2, 3, 7, 64] {
        assert_eq!(
            events(BufReader::with_capacity(capacity, bytes), bytes.len() + 1, LIMIT),
            whole,
            "{capacity}"
        );
    }
}

/// Every event as its place and text, every error as its sentence.
fn events(source: impl BufRead, most: usize, limit: usize) -> Vec<String> {
    let mut reader = EventReader::with_max_event_bytes(source, limit);
    let mut found = Vec::new();
    while let Some(next) = reader.next() {
        found.push(match next {
            Ok(event) => format!("{:?} {}", reader.place(), event.json()),
            Err(error) => error.to_string(),
        });
        assert!(found.len() <= most, "it does not end");
    }
    assert!(reader.next().is_none(), "it goes on after its end");
    found
}
