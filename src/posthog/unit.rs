//! Whole traces and sessions: which events belong to one, and what it cost and took in all.

use std::collections::HashMap;

use serde_json::{Map, Number, Value, json};

use super::globals;
use super::text;
use crate::event::{Event, EventError};

/// The event that stands for a trace itself: its states are those of the trace, and it is none of its events.
const ROOT: &str = "$ai_trace";
/// The calls of models, which are what costs.
const COSTLY: [&str; 2] = ["$ai_generation", "$ai_embedding"];

/// What events are judged together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitKind {
    /// The events of one trace.
    Trace,
    /// The events of one session, trace after trace.
    Session,
}

impl UnitKind {
    /// `target.type` of Hog programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Session => "session",
        }
    }

    /// The property by which an event says where it belongs.
    const fn property(self) -> &'static str {
        match self {
            Self::Trace => "$ai_trace_id",
            Self::Session => "$ai_session_id",
        }
    }
}

/// Events that are judged together.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Trace or session.
    pub kind: UnitKind,
    /// Which one.
    pub id: String,
    /// The events, the oldest first, without those that stand for a trace itself; of a session trace after trace.
    pub events: Vec<Event>,
    /// What all calls of models cost, in USD; null for a trace that cost nothing.
    pub total_cost_usd: Value,
    /// How long all took, in seconds; null for a trace of which nothing says so.
    pub total_latency_seconds: Value,
}

impl Unit {
    /// A trace of these events, which are in the order of time.
    pub fn trace(id: &str, events: Vec<Event>) -> Self {
        let total = |total: Option<f64>| total.and_then(Number::from_f64).map_or(Value::Null, Value::Number);
        Self {
            kind: UnitKind::Trace,
            id: id.to_owned(),
            total_cost_usd: total(cost(&events)),
            total_latency_seconds: total(latency(&events)),
            events: events.into_iter().filter(|event| event.name() != ROOT).collect(),
        }
    }

    /// A session of these events, which are in the order of time. Its totals are the sums of its traces' (PostHog), so
    /// the time that passed between them does not count.
    pub fn session(id: &str, events: Vec<Event>) -> Self {
        let traces = traces(events);
        let total = |of: fn(&[Event]) -> Option<f64>| {
            let totals: Vec<f64> = traces.iter().filter_map(|events| of(events)).collect();
            match Number::from_f64(totals.iter().sum()) {
                Some(sum) if !totals.is_empty() => Value::Number(sum),
                _ => json!(0),
            }
        };
        Self {
            kind: UnitKind::Session,
            id: id.to_owned(),
            total_cost_usd: total(cost),
            total_latency_seconds: total(latency),
            events: traces
                .into_iter()
                .flatten()
                .filter(|event| event.name() != ROOT)
                .collect(),
        }
    }

    /// The unit as one event: named as PostHog names it, its states the first input and the last output that say something,
    /// its totals where a generation has its own, and the property `events` with all of its events.
    ///
    /// # Errors
    /// When an event is nested too deep to be in another.
    pub(crate) fn into_event(self) -> Result<Event, EventError> {
        let says = |raw: Option<&Value>| !text::preview(raw).is_empty();
        let ios: Vec<_> = self.events.iter().map(globals::io).collect();
        let input = ios.iter().map(|io| io.input).find(|raw| says(*raw)).flatten();
        let output = ios.iter().rev().map(|io| io.output).find(|raw| says(*raw)).flatten();
        let events: Vec<&Value> = self.events.iter().map(Event::value).collect();
        let mut properties = Map::new();
        let mut put = |name: &str, value: Value| properties.insert(name.to_owned(), value);
        put(self.kind.property(), json!(self.id));
        put("$ai_input_state", input.cloned().unwrap_or_default());
        put("$ai_output_state", output.cloned().unwrap_or_default());
        put("$ai_total_cost_usd", self.total_cost_usd.clone());
        put("$ai_latency", self.total_latency_seconds.clone());
        put("events", json!(events));
        let name = match self.kind {
            UnitKind::Trace => ROOT,
            UnitKind::Session => "$ai_session",
        };
        let distinct_id = self.events.first().map_or("", Event::distinct_id);
        let timestamp = self.events.first().and_then(Event::timestamp);
        let value = json!({
            "uuid": self.id, "event": name, "distinct_id": distinct_id, "timestamp": timestamp, "properties": properties,
        });
        Event::of_unit(self, value)
    }
}

/// The events of each trace, in the order in which the traces begin.
fn traces(events: Vec<Event>) -> Vec<Vec<Event>> {
    let mut traces: Vec<Vec<Event>> = Vec::new();
    let mut places: HashMap<Option<String>, usize> = HashMap::new();
    for event in events {
        let place = *places
            .entry(event.trace_id().map(str::to_owned))
            .or_insert(traces.len());
        match traces.get_mut(place) {
            Some(trace) => trace.push(event),
            None => traces.push(vec![event]),
        }
    }
    traces
}

/// What the calls of models in a trace cost, to ten places; `None` for nothing (PostHog).
fn cost(events: &[Event]) -> Option<f64> {
    let costs = events.iter().filter(|event| COSTLY.contains(&event.name()));
    let cost: f64 = costs.filter_map(|event| number(event, "$ai_total_cost_usd")).sum();
    Some(round(cost, 1e10)).filter(|cost| *cost != 0.0)
}

/// How long a trace took, to two places: the sum of its generations where only they have a time, else the sum of what
/// hangs directly below the trace (PostHog).
fn latency(events: &[Event]) -> Option<f64> {
    let times = events
        .iter()
        .filter_map(|event| number(event, "$ai_latency").map(|time| (event, time)));
    let positive = || times.clone().filter(|(_, time)| *time > 0.0);
    let only_generations = positive().all(|(event, _)| event.name() == COSTLY[0]) && positive().next().is_some();
    let counted: Vec<f64> = if only_generations {
        positive().map(|(_, time)| time).collect()
    } else {
        times
            .filter(|(event, _)| is_at_the_top(event))
            .map(|(_, time)| time)
            .collect()
    };
    (!counted.is_empty()).then(|| round(counted.iter().sum(), 1e2))
}

/// Whether an event hangs directly below its trace.
fn is_at_the_top(event: &Event) -> bool {
    match event.properties().get("$ai_parent_id") {
        None | Some(Value::Null) => true,
        parent => parent == event.properties().get("$ai_trace_id"),
    }
}

/// A property as a number, also one that was sent as text.
fn number(event: &Event, name: &str) -> Option<f64> {
    let number = match event.properties().get(name)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    number.filter(|number| number.is_finite())
}

fn round(number: f64, scale: f64) -> f64 {
    let rounded = (number * scale).round_ties_even() / scale;
    if rounded.is_finite() { rounded } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(name: &str, properties: Value) -> Event {
        Event::from_value(json!({"uuid": name, "event": name, "properties": properties})).expect("an event")
    }

    #[test]
    fn a_trace_costs_what_its_calls_cost() {
        for (costs, total) in [
            (json!([0.1, 0.2]), json!(0.3)),
            (json!(["0.5", 1]), json!(1.5)),
            (json!([0, null, "free", true]), json!(null)),
            (json!([]), json!(null)),
        ] {
            let costs = costs.as_array().expect("a list").iter();
            let mut events: Vec<Event> = costs
                .map(|cost| event("$ai_generation", json!({"$ai_total_cost_usd": cost})))
                .collect();
            // The sum that a span or the trace itself tells is not added once more.
            events.push(event("$ai_span", json!({"$ai_total_cost_usd": 7})));
            events.push(event("$ai_trace", json!({"$ai_total_cost_usd": 7})));
            assert_eq!(Unit::trace("t", events).total_cost_usd, total);
        }
    }

    #[test]
    fn a_trace_takes_as_long_as_its_generations_or_as_what_is_at_its_top() {
        let generation = |time: Value, parent: Value| {
            let properties = json!({"$ai_trace_id": "t", "$ai_latency": time, "$ai_parent_id": parent});
            event("$ai_generation", properties)
        };
        let span = |time: Value, parent: Value| {
            let properties = json!({"$ai_trace_id": "t", "$ai_latency": time, "$ai_parent_id": parent});
            event("$ai_span", properties)
        };
        for (events, total) in [
            (
                vec![generation(json!(1.125), json!("s")), generation(json!(2), json!(null))],
                json!(3.12),
            ),
            (
                vec![span(json!(0), json!(null)), generation(json!(1.5), json!("s"))],
                json!(1.5),
            ),
            (
                vec![
                    span(json!(4.0), json!("t")),
                    span(json!(0.5), json!(null)),
                    generation(json!(3.0), json!("s")),
                ],
                json!(4.5),
            ),
            (vec![generation(json!(null), json!(null))], json!(null)),
            (vec![], json!(null)),
        ] {
            assert_eq!(
                Unit::trace("t", events.clone()).total_latency_seconds,
                total,
                "{events:?}"
            );
        }
    }

    #[test]
    fn a_session_is_its_traces_one_after_the_other() {
        let of = |id: &str, trace: &str, cost: f64| {
            let properties = json!({"$ai_trace_id": trace, "$ai_total_cost_usd": cost, "$ai_latency": 1.5});
            Event::from_value(json!({"uuid": id, "event": "$ai_generation", "properties": properties}))
                .expect("an event")
        };
        let events = vec![of("1", "a", 0.25), of("2", "b", 0.5), of("3", "a", 0.0)];
        let session = Unit::session("s", events);
        let order: Vec<&str> = session.events.iter().map(Event::uuid).collect();
        assert_eq!(order, ["1", "3", "2"]);
        assert_eq!(session.total_cost_usd, json!(0.75));
        assert_eq!(session.total_latency_seconds, json!(4.5));
        let empty = Unit::session("s", vec![event("$ai_span", json!({}))]);
        assert_eq!(
            (empty.total_cost_usd, empty.total_latency_seconds),
            (json!(0), json!(0))
        );
    }

    #[test]
    fn a_unit_reads_as_one_event() {
        let events = vec![
            event("$ai_trace", json!({"$ai_input_state": "of the trace"})),
            event(
                "$ai_span",
                json!({"$ai_input_state": "", "$ai_output_state": "between"}),
            ),
            event("$ai_generation", json!({"$ai_input": "first", "$ai_output": "last"})),
            event("$ai_metric", json!({"value": 1})),
        ];
        let trace = Event::trace("t", events).expect("an event");
        assert_eq!(
            (trace.uuid(), trace.name(), trace.trace_id()),
            ("t", "$ai_trace", Some("t"))
        );
        assert_eq!(
            (trace.input_preview().as_str(), trace.output_preview().as_str()),
            ("first", "last")
        );
        let inside = trace.properties()["events"].as_array().expect("a list");
        let names: Vec<_> = inside.iter().map(|event| event["event"].as_str()).collect();
        assert_eq!(names, [Some("$ai_span"), Some("$ai_generation"), Some("$ai_metric")]);
    }
}
