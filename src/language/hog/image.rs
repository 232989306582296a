//! JSON laid out in the heap format of the Hog runtime, so that a guest reads it in place without parsing.
//!
//! An [`ImageBuilder`] appends blocks to one growing buffer that is later copied to a fixed address of the guest's
//! memory; references are absolute from the start, so that nothing is relocated. Host-made blocks lie below the heap
//! and are never freed. See [`jurybox_hog_abi::layout`] for the format.

use jurybox_hog_abi::layout::{
    ALIGN, BIGINT_DATA, BIGINT_LENGTH, BIGINT_SIGN, ENTRY_SIZE, INDEX_MASK, INDEX_SLOTS, LIST_DATA, LIST_LENGTH,
    OBJECT_CAPACITY, OBJECT_ENTRIES, OBJECT_INDEX, OBJECT_LENGTH, OBJECT_SIZE, OBJECT_UNINDEXED, STRING_BYTES,
    STRING_CHARS, STRING_DATA, index_slots,
};
use jurybox_hog_abi::{Kind, Value, hash, memory_map};
use num_bigint::BigInt;
use serde_json::{Map, Value as Json};

use crate::event::Event;
use crate::posthog::globals::{self, HEAVY_PROPERTIES, Io};
use crate::posthog::text;
use crate::posthog::unit::{Unit, UnitKind};
use crate::python::Number;

#[cfg(any(test, fuzzing))]
pub mod reader;

/// Steps that filling an index may take per entry; a half-full table needs less than two.
const PROBES_PER_ENTRY: usize = 32;
/// Entries of the largest object; more would not fit into 4 GiB.
const LARGEST_OBJECT: usize = 1 << 28;

/// The globals that a Hog program of PostHog's convention reads, laid out for the guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventImage {
    /// What belongs at [`memory_map::EVENT`]; the length is a multiple of 8.
    pub bytes: Vec<u8>,
    /// The object that holds the globals.
    pub globals: Value,
}

/// The image does not fit into a 32-bit memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the event does not fit into the sandbox's 4 GiB of addresses")]
pub struct ImageTooLarge;

impl EventImage {
    /// The globals that most programs need: `input`, `output`, `properties` and `event`. A trace or a session has none of
    /// them.
    ///
    /// # Errors
    /// When the image does not fit into a 32-bit memory.
    pub fn core(event: &Event) -> Result<Self, ImageTooLarge> {
        Self::build(event, false)
    }

    /// The core globals with `target` and `evaluation_events`, which share what they have in common with them; of a trace or
    /// a session all that it has.
    ///
    /// # Errors
    /// When the image does not fit into a 32-bit memory.
    pub fn full(event: &Event) -> Result<Self, ImageTooLarge> {
        Self::build(event, true)
    }

    /// Globals of any names: the keys of a JSON object.
    ///
    /// # Errors
    /// When the image does not fit into a 32-bit memory.
    pub fn of_globals(globals: &Map<String, Json>) -> Result<Self, ImageTooLarge> {
        let mut builder = ImageBuilder::new(memory_map::EVENT);
        let globals = builder.map(globals);
        builder.into_image(globals)
    }

    fn build(event: &Event, full: bool) -> Result<Self, ImageTooLarge> {
        let mut builder = ImageBuilder::new(memory_map::EVENT);
        let globals = match event.unit() {
            Some(_) if !full => builder.record(&[]),
            Some(unit) => globals_of_unit(&mut builder, unit),
            None => globals_of_event(&mut builder, event, full),
        };
        builder.into_image(globals)
    }
}

fn globals_of_event(builder: &mut ImageBuilder, event: &Event, full: bool) -> Value {
    let laid = LaidEvent::lay(builder, event);
    let distinct_id = builder.string(event.distinct_id());
    let identity = [("uuid", laid.uuid), ("event", laid.name), ("distinct_id", distinct_id)];
    let identity = builder.record(&identity);
    let mut globals = vec![
        ("input", laid.input),
        ("output", laid.output),
        ("properties", laid.properties),
        ("event", identity),
    ];
    if full {
        let named = |builder: &ImageBuilder, name: &str| {
            let value = event.properties().get(name);
            value
                .and_then(|value| laid.property(builder, value))
                .unwrap_or(Value::NULL)
        };
        let (cost, latency) = (named(builder, "$ai_total_cost_usd"), named(builder, "$ai_latency"));
        let kind = builder.string("generation");
        let target = [
            ("type", kind),
            ("id", laid.uuid),
            ("total_cost_usd", cost),
            ("total_latency_seconds", latency),
        ];
        globals.push(("target", builder.record(&target)));
        let texts = laid.texts(builder);
        let fields = laid.fields(builder);
        let entry = builder.record(&[&fields[..], &texts].concat());
        globals.push(("evaluation_events", builder.array(&[entry])));
    }
    builder.record(&globals)
}

/// The globals of a trace or a session. `trace` and `events` are those that programs about traces had first; PostHog never
/// gave them to sessions.
fn globals_of_unit(builder: &mut ImageBuilder, unit: &Unit) -> Value {
    let (kind, id) = (builder.string(unit.kind.name()), builder.string(&unit.id));
    let cost = builder.value(&unit.total_cost_usd);
    let latency = builder.value(&unit.total_latency_seconds);
    let target = [
        ("type", kind),
        ("id", id),
        ("total_cost_usd", cost),
        ("total_latency_seconds", latency),
    ];
    let target = builder.record(&target);
    let (mut events, mut evaluation_events) = (Vec::new(), Vec::new());
    for event in &unit.events {
        let laid = LaidEvent::lay(builder, event);
        let texts = laid.texts(builder);
        let fields = laid.fields(builder);
        if unit.kind == UnitKind::Trace {
            events.push(builder.record(&fields));
        }
        evaluation_events.push(builder.record(&[&fields[..], &texts].concat()));
    }
    let mut globals = vec![
        ("target", target),
        ("evaluation_events", builder.array(&evaluation_events)),
    ];
    if unit.kind == UnitKind::Trace {
        let count = builder.value(&Json::from(events.len()));
        let trace = builder.record(&[("id", id), ("event_count", count)]);
        globals.extend([("trace", trace), ("events", builder.array(&events))]);
    }
    builder.record(&globals)
}

/// What several globals share of one event. Its texts are the bulk of it: where a global is a property as it is, they are
/// the same block.
struct LaidEvent<'a> {
    event: &'a Event,
    io: Io<'a>,
    uuid: Value,
    name: Value,
    input: Value,
    output: Value,
    properties: Value,
}

impl<'a> LaidEvent<'a> {
    fn lay(builder: &mut ImageBuilder, event: &'a Event) -> Self {
        let mut laid = Self {
            event,
            io: globals::io(event),
            properties: builder.map(event.properties()),
            uuid: Value::NULL,
            name: Value::NULL,
            input: Value::NULL,
            output: Value::NULL,
        };
        laid.input = laid.io_text(builder, laid.io.input);
        laid.output = laid.io_text(builder, laid.io.output);
        [laid.uuid, laid.name] = [event.uuid(), event.name()].map(|text| builder.string(text));
        laid
    }

    /// A value of a property where it is laid out already.
    fn property(&self, builder: &ImageBuilder, wanted: &Json) -> Option<Value> {
        let mut values = self.event.properties().values();
        let position = values.position(|value| std::ptr::eq(value, wanted))?;
        builder.entry(self.properties, position).map(|(_, value)| value)
    }

    fn io_text(&self, builder: &mut ImageBuilder, raw: Option<&Json>) -> Value {
        let there = match raw {
            Some(text @ Json::String(_)) => self.property(builder, text),
            _ => None,
        };
        there.unwrap_or_else(|| builder.string(&globals::coerce(raw)))
    }

    /// An entry of `evaluation_events` without its texts.
    fn fields(&self, builder: &mut ImageBuilder) -> [(&'static str, Value); 6] {
        let names = self.event.properties().keys().enumerate();
        let light: Vec<(Value, Value)> = names
            .filter(|(_, name)| !HEAVY_PROPERTIES.contains(&name.as_str()))
            .filter_map(|(position, _)| builder.entry(self.properties, position))
            .collect();
        let light = builder.object(&light);
        let timestamp = self.event.timestamp().map_or(Value::NULL, |text| builder.string(text));
        [
            ("uuid", self.uuid),
            ("event", self.name),
            ("timestamp", timestamp),
            ("input", self.input),
            ("output", self.output),
            ("properties", light),
        ]
    }

    /// What the entry has for people to read.
    fn texts(&self, builder: &mut ImageBuilder) -> [(&'static str, Value); 2] {
        let mut readable = |raw: Option<&Json>, coerced: Value, readable: fn(Option<&Json>) -> String| match raw {
            None | Some(Json::String(_)) => coerced,
            raw => builder.string(&readable(raw)),
        };
        [
            ("input_text", readable(self.io.input, self.input, text::input_text)),
            ("output_text", readable(self.io.output, self.output, text::output_text)),
        ]
    }
}

/// Lays values out for a guest, in a buffer that will be copied to a fixed address.
///
/// Values that one builder returned may be used again and again in its objects and arrays, as long as programs can't
/// tell: shared containers are seen to change together.
#[derive(Debug)]
pub struct ImageBuilder {
    base: u32,
    bytes: Vec<u8>,
    too_large: bool,
}

impl ImageBuilder {
    /// A builder for an image that will lie at this address, a multiple of 8.
    #[must_use]
    pub fn new(base: u32) -> Self {
        debug_assert!(base.is_multiple_of(ALIGN), "blocks are aligned");
        Self {
            base,
            bytes: Vec::with_capacity(8 * 1024),
            too_large: false,
        }
    }

    /// Lays out any JSON value, of any depth, as Python's `json` would read it: a number with a point or an exponent is
    /// a float, any other an integer of any size.
    pub fn value(&mut self, json: &Json) -> Value {
        let mut open = Vec::new();
        let value = self.place(json, &mut open);
        self.fill(open);
        value
    }

    /// Lays out a JSON object, as [`Self::value`] does.
    pub fn map(&mut self, map: &Map<String, Json>) -> Value {
        let mut open = Vec::new();
        let value = self.place_map(map, &mut open);
        self.fill(open);
        value
    }

    /// Lays out a text.
    pub fn string(&mut self, text: &str) -> Value {
        let Some((at, address)) = self.reserve(Kind::String, STRING_DATA as usize, text.len(), 1) else {
            return Value::NULL;
        };
        // An image is smaller than 4 GiB, and so is every text in it.
        let (length, characters) = (text.len() as u32, text.chars().count() as u32);
        self.put(at + STRING_BYTES as usize, &length.to_le_bytes());
        self.put(at + STRING_CHARS as usize, &characters.to_le_bytes());
        self.put(at + STRING_DATA as usize, text.as_bytes());
        Value::reference(Kind::String, address)
    }

    /// Lays out an object with these entries in this order. Keys are texts of this builder, each used once.
    pub fn object(&mut self, entries: &[(Value, Value)]) -> Value {
        let Some((at, address)) = self.reserve_object(entries.len()) else {
            return Value::NULL;
        };
        for (position, (key, value)) in entries.iter().enumerate() {
            self.put_entry(at, position, *key, *value);
        }
        if entries.len() > OBJECT_UNINDEXED as usize {
            let hashes: Vec<u32> = entries
                .iter()
                .map(|(key, _)| self.text(*key).map_or(0, hash::string))
                .collect();
            self.fill_index(at, hashes.into_iter());
        }
        Value::reference(Kind::Object, address)
    }

    /// Lays out an array.
    pub fn array(&mut self, items: &[Value]) -> Value {
        let Some((at, address)) = self.reserve_array(items.len()) else {
            return Value::NULL;
        };
        for (position, item) in items.iter().enumerate() {
            self.put(at + LIST_DATA as usize + position * 8, &item.0.to_le_bytes());
        }
        Value::reference(Kind::Array, address)
    }

    /// Whether something was left out because the image would pass the end of a 32-bit memory. What [`Self::finish`]
    /// returns is of no use then.
    #[cfg(test)]
    pub fn is_too_large(&self) -> bool {
        self.too_large
    }

    /// The image; its length is a multiple of 8.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }

    fn into_image(self, globals: Value) -> Result<EventImage, ImageTooLarge> {
        if self.too_large {
            Err(ImageTooLarge)
        } else {
            Ok(EventImage {
                bytes: self.bytes,
                globals,
            })
        }
    }

    /// An object with these names as keys.
    fn record(&mut self, fields: &[(&str, Value)]) -> Value {
        let entries: Vec<_> = fields.iter().map(|(name, value)| (self.string(name), *value)).collect();
        self.object(&entries)
    }

    /// Lays out a value, but leaves the contents of a container open: [`Self::fill`] comes back to them. That keeps
    /// deep values off the host's stack.
    fn place<'a>(&mut self, json: &'a Json, open: &mut Vec<(Contents<'a>, usize)>) -> Value {
        match json {
            Json::Null => Value::NULL,
            Json::Bool(value) => Value::bool(*value),
            Json::Number(number) => self.number(Number::of(number)),
            Json::String(text) => self.string(text),
            Json::Array(items) => {
                let Some((at, address)) = self.reserve_array(items.len()) else {
                    return Value::NULL;
                };
                if !items.is_empty() {
                    open.push((Contents::Array(items), at));
                }
                Value::reference(Kind::Array, address)
            }
            Json::Object(map) => self.place_map(map, open),
        }
    }

    fn place_map<'a>(&mut self, map: &'a Map<String, Json>, open: &mut Vec<(Contents<'a>, usize)>) -> Value {
        let Some((at, address)) = self.reserve_object(map.len()) else {
            return Value::NULL;
        };
        if !map.is_empty() {
            open.push((Contents::Object(map), at));
        }
        Value::reference(Kind::Object, address)
    }

    fn fill<'a>(&mut self, mut open: Vec<(Contents<'a>, usize)>) {
        while let Some((contents, at)) = open.pop() {
            match contents {
                Contents::Array(items) => {
                    for (position, item) in items.iter().enumerate() {
                        let value = self.place(item, &mut open);
                        self.put(at + LIST_DATA as usize + position * 8, &value.0.to_le_bytes());
                    }
                }
                Contents::Object(map) => {
                    for (position, (key, value)) in map.iter().enumerate() {
                        let name = self.string(key);
                        let value = self.place(value, &mut open);
                        self.put_entry(at, position, name, value);
                    }
                    if map.len() > OBJECT_UNINDEXED as usize {
                        self.fill_index(at, map.keys().map(|key| hash::string(key.as_bytes())));
                    }
                }
            }
        }
    }

    fn number(&mut self, number: Number<'_>) -> Value {
        let integer = match number {
            Number::Float(value) => return Value::float(value),
            Number::Int(value) => match Value::small_int(value) {
                Some(value) => return value,
                None => BigInt::from(value),
            },
            Number::BigInt(digits) => match digits.parse() {
                Ok(integer) => integer,
                // `Number::BigInt` holds nothing but digits.
                Err(_) => return Value::NULL,
            },
        };
        let (sign, limbs) = integer.to_u32_digits();
        let Some((at, address)) = self.reserve(Kind::BigInt, BIGINT_DATA as usize, limbs.len(), 4) else {
            return Value::NULL;
        };
        self.put(
            at + BIGINT_SIGN as usize,
            &u32::from(sign == num_bigint::Sign::Minus).to_le_bytes(),
        );
        self.put(at + BIGINT_LENGTH as usize, &(limbs.len() as u32).to_le_bytes());
        for (position, limb) in limbs.iter().enumerate() {
            self.put(at + BIGINT_DATA as usize + position * 4, &limb.to_le_bytes());
        }
        Value::reference(Kind::BigInt, address)
    }

    fn reserve_array(&mut self, length: usize) -> Option<(usize, u32)> {
        let (at, address) = self.reserve(Kind::Array, LIST_DATA as usize, length, 8)?;
        self.put(at + LIST_LENGTH as usize, &(length as u32).to_le_bytes());
        Some((at, address))
    }

    /// An object's block holds its entries and then its index, as in the blocks that the runtime makes.
    fn reserve_object(&mut self, length: usize) -> Option<(usize, u32)> {
        let indexed = length > OBJECT_UNINDEXED as usize;
        if length > LARGEST_OBJECT {
            self.too_large = true;
            return None;
        }
        let slots = if indexed {
            index_slots(length as u32) as usize
        } else {
            0
        };
        let index = if indexed { INDEX_SLOTS as usize + slots * 4 } else { 0 };
        let (at, address) = self.reserve(Kind::Object, OBJECT_SIZE as usize + index, length, ENTRY_SIZE as usize)?;
        let (length, entries) = (length as u32, address + OBJECT_SIZE);
        self.put(at + OBJECT_LENGTH as usize, &length.to_le_bytes());
        self.put(at + OBJECT_CAPACITY as usize, &length.to_le_bytes());
        self.put(at + OBJECT_ENTRIES as usize, &entries.to_le_bytes());
        if indexed {
            let index = entries + length * ENTRY_SIZE;
            self.put(at + OBJECT_INDEX as usize, &index.to_le_bytes());
            self.put(
                (index - self.base + INDEX_MASK) as usize,
                &(slots as u32 - 1).to_le_bytes(),
            );
        }
        Some((at, address))
    }

    fn put_entry(&mut self, object: usize, position: usize, key: Value, value: Value) {
        let entry = object + OBJECT_SIZE as usize + position * ENTRY_SIZE as usize;
        self.put(entry, &key.0.to_le_bytes());
        self.put(entry + 8, &value.0.to_le_bytes());
    }

    /// Writes the index of an object, given the hashes of its keys in order.
    ///
    /// Keys that were chosen to collide would make this quadratic, and no fuel pays for the host's work: after too many
    /// steps the object is left without an index, and the guest searches it in order.
    fn fill_index(&mut self, object: usize, hashes: impl ExactSizeIterator<Item = u32>) {
        let length = hashes.len();
        let index = object + OBJECT_SIZE as usize + length * ENTRY_SIZE as usize;
        let mask = index_slots(length as u32) as usize - 1;
        let mut steps_left = length * PROBES_PER_ENTRY;
        for (number, hash) in (1_u32..).zip(hashes) {
            let mut slot = hash as usize & mask;
            // Stops at the end of the buffer, too: nothing is laid out there when the image is too large.
            while self
                .word(index + INDEX_SLOTS as usize + slot * 4)
                .is_some_and(|number| number != 0)
            {
                slot = (slot + 1) & mask;
                steps_left -= 1;
                if steps_left == 0 {
                    return self.put(object + OBJECT_INDEX as usize, &0_u32.to_le_bytes());
                }
            }
            self.put(index + INDEX_SLOTS as usize + slot * 4, &number.to_le_bytes());
        }
    }

    /// Room for a block with so many fixed bytes (header included) and items: its offset in the buffer and its address.
    /// `None` when it would end beyond the last address.
    fn reserve(&mut self, kind: Kind, fixed: usize, count: usize, item: usize) -> Option<(usize, u32)> {
        let at = self.bytes.len();
        let size = count.checked_mul(item).and_then(|size| size.checked_add(fixed));
        let size = size.and_then(|size| size.checked_next_multiple_of(ALIGN as usize));
        let end = size.and_then(|size| at.checked_add(size));
        let fits = end.is_some_and(|end| end <= (u32::MAX - self.base - ALIGN) as usize);
        let (Some(size), Some(end), true, false) = (size, end, fits, self.too_large) else {
            self.too_large = true;
            return None;
        };
        self.bytes.resize(end, 0);
        self.put(at, &(size as u32).to_le_bytes());
        self.put(at + 4, &(kind as u32).to_le_bytes());
        Some((at, self.base + at as u32))
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        if let Some(place) = self.bytes.get_mut(at..at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    }

    fn word(&self, at: usize) -> Option<u32> {
        self.bytes
            .get(at..)?
            .first_chunk()
            .map(|bytes| u32::from_le_bytes(*bytes))
    }

    fn value_at(&self, at: usize) -> Option<Value> {
        self.bytes
            .get(at..)?
            .first_chunk()
            .map(|bytes| Value(u64::from_le_bytes(*bytes)))
    }

    /// The bytes of a text of this builder.
    fn text(&self, value: Value) -> Option<&[u8]> {
        let at = value.address_of(Kind::String)?.checked_sub(self.base)? as usize;
        let length = self.word(at + STRING_BYTES as usize)? as usize;
        self.bytes.get(at + STRING_DATA as usize..)?.get(..length)
    }

    /// The key and value of an entry of an object of this builder.
    fn entry(&self, object: Value, position: usize) -> Option<(Value, Value)> {
        let at = object.address_of(Kind::Object)?.checked_sub(self.base)? as usize;
        let entry = at + OBJECT_SIZE as usize + position * ENTRY_SIZE as usize;
        Some((self.value_at(entry)?, self.value_at(entry + 8)?))
    }
}

/// What a container that has its block still lacks.
enum Contents<'a> {
    Array(&'a [Json]),
    Object(&'a Map<String, Json>),
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::reader::{Reader, expected, read};
    use super::*;

    fn any_json() -> impl Strategy<Value = Json> {
        let number = prop_oneof![
            any::<i64>().prop_map(|value| value.to_string()),
            any::<f64>()
                .prop_filter("finite", |value| value.is_finite())
                .prop_map(|value| format!("{value:?}")),
            "-?[1-9][0-9]{15,80}",
            "(0|-0|1e3|1E400|-1[.]0|140737488355327|140737488355328|-140737488355648|-140737488355649)",
        ];
        let number = number.prop_map(|text| serde_json::from_str(&text).expect("a number"));
        let text = "\\PC{0,20}";
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            number,
            text.prop_map(Json::from)
        ];
        leaf.prop_recursive(4, 120, 20, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..12).prop_map(Json::from),
                prop::collection::vec((text, inner), 0..20)
                    .prop_map(|fields| Json::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn an_image_reads_as_the_json_it_was_made_of(json in any_json()) {
            let globals = Map::from_iter([("value".to_owned(), json)]);
            let image = EventImage::of_globals(&globals).expect("small");
            prop_assert_eq!(read(&image), expected(&Json::from(globals)));
        }
    }

    #[test]
    fn traces_and_sessions_have_globals_of_their_own() {
        let event = |source: &str| Event::from_json(source).expect(source);
        let events = vec![
            event(r#"{"uuid": "r", "event": "$ai_trace", "properties": {"$ai_latency": 9}}"#),
            event(
                r#"{"uuid": "g", "event": "$ai_generation", "timestamp": "t", "properties": {"$ai_trace_id": "T",
                    "$ai_input": [{"role": "user", "content": "hi"}], "$ai_output": "yes", "$ai_total_cost_usd": 0.25}}"#,
            ),
            event(r#"{"uuid": "s", "event": "$ai_span", "properties": {"$ai_trace_id": "T", "n": 1}}"#),
        ];
        let generation = json!({
            "uuid": "g", "event": "$ai_generation", "timestamp": "t",
            "input": r#"[{"role": "user", "content": "hi"}]"#, "output": "yes",
            "properties": {"$ai_trace_id": "T", "$ai_total_cost_usd": 0.25},
        });
        let span = json!({
            "uuid": "s", "event": "$ai_span", "timestamp": null, "input": "", "output": "",
            "properties": {"$ai_trace_id": "T", "n": 1},
        });
        let with_texts = |event: &Json, input: &str, output: &str| {
            let mut event = event.clone();
            event["input_text"] = json!(input);
            event["output_text"] = json!(output);
            event
        };
        let all = json!([with_texts(&generation, "user: hi", "yes"), with_texts(&span, "", "")]);
        let target = |kind: &str, id: &str, latency: Json| json!({"type": kind, "id": id, "total_cost_usd": 0.25, "total_latency_seconds": latency});

        let trace = Event::trace("T", events.clone()).expect("a trace");
        let expected_globals = json!({
            "target": target("trace", "T", json!(9.0)),
            "evaluation_events": all,
            "trace": {"id": "T", "event_count": 2},
            "events": [generation, span],
        });
        assert_eq!(read(trace.full_image().expect("small")), expected(&expected_globals));
        assert_eq!(read(trace.core_image().expect("small")), json!({}));

        let session = Event::session("S", events).expect("a session");
        let expected_globals = json!({"target": target("session", "S", json!(9.0)), "evaluation_events": all});
        assert_eq!(read(session.full_image().expect("small")), expected(&expected_globals));
        assert_eq!(read(session.core_image().expect("small")), json!({}));
    }

    #[test]
    fn both_images_hold_the_globals_of_posthog() {
        for source in [
            "{}",
            r#"{"input": "i", "output": "o", "expected": 1.5}"#,
            r#"{"input": ["i"], "output": null}"#,
            r#"{"uuid": "u", "event": "$ai_generation", "distinct_id": "d", "timestamp": "t", "properties": {
                "$ai_input": [{"role": "user", "content": "h\u00e9"}], "$ai_output": "text", "$ai_latency": 2,
                "$ai_total_cost_usd": 0.01, "$ai_tools": [], "a": 1, "b": 2, "c": 3, "d": 4, "e": {"f": []}}}"#,
            r#"{"event": "$ai_span", "properties": {"$ai_input_state": "s", "$ai_output_state": {"choices": ["c"]}}}"#,
        ] {
            let event = Event::from_json(source).expect(source);
            let core = event.core_image().expect("small");
            assert_eq!(read(core), expected(&globals::json::core(&event).into()), "{source}");
            let full = event.full_image().expect("small");
            assert_eq!(read(full), expected(&globals::json::full(&event).into()), "{source}");
            assert_eq!(event.core_image(), Ok(core));
        }
    }

    #[test]
    fn long_texts_are_laid_out_once() {
        let long = "word ".repeat(1000);
        let event = json!({ "properties": { "$ai_input": long, "$ai_output": long } });
        let event = Event::from_value(event).expect("an event");
        assert!(
            event
                .full_image()
                .is_ok_and(|image| image.bytes.len() < 2 * long.len() + 2000)
        );
    }

    #[test]
    fn deep_and_wide_values_are_laid_out() {
        let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
        let wide: Map<_, _> = (0..5000)
            .map(|number| (format!("key {number}"), json!(number)))
            .collect();
        let globals = Map::from_iter([("deep".to_owned(), deep), ("wide".to_owned(), Json::from(wide))]);
        let image = EventImage::of_globals(&globals).expect("small");
        assert_eq!(read(&image), Json::from(globals));
    }

    #[test]
    fn keys_that_collide_leave_an_object_without_an_index() {
        let colliding: Vec<String> = (0..)
            .map(|number| format!("{number}"))
            .filter(|key| hash::string(key.as_bytes()) & 0x7FF == 0)
            .take(500)
            .collect();
        let mut builder = ImageBuilder::new(memory_map::EVENT);
        let entries: Vec<_> = colliding.iter().map(|key| (builder.string(key), Value::NULL)).collect();
        let globals = builder.object(&entries);
        let image = builder.into_image(globals).expect("small");
        let reader = Reader {
            base: memory_map::EVENT,
            bytes: &image.bytes,
        };
        let address = globals.address_of(Kind::Object).expect("an object");
        assert_eq!(reader.word(address + OBJECT_INDEX), 0);
        assert_eq!(reader.find(address, &colliding[499]), Some(499));
    }

    #[test]
    fn what_passes_the_end_of_memory_is_refused() {
        let mut builder = ImageBuilder::new(u32::MAX - 63);
        assert!(!matches!(builder.string("this fits"), Value::NULL));
        assert!(!builder.is_too_large());
        let value = builder.value(&json!({ "this": ["does", "not", "fit"], "at": "all" }));
        assert_eq!(value, Value::NULL);
        assert_eq!(builder.into_image(value), Err(ImageTooLarge));
    }
}
