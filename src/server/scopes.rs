//! What a key opens.

use std::fmt;

/// A part of what the service does. The names are PostHog's where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// List and read evaluations, try snippets without saving them.
    EvaluationRead,
    /// Make and change evaluations, start runs.
    EvaluationWrite,
    /// List and read datasets and their items.
    DatasetRead,
    /// Make and change datasets and their items.
    DatasetWrite,
    /// List and read events.
    EventRead,
    /// Send events.
    EventWrite,
    /// List and read `HoneyHive`'s tasks, metrics and runs, and run metrics.
    MetricRead,
    /// Make and change `HoneyHive`'s tasks, metrics and runs.
    MetricWrite,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::EvaluationRead,
        Self::EvaluationWrite,
        Self::DatasetRead,
        Self::DatasetWrite,
        Self::EventRead,
        Self::EventWrite,
        Self::MetricRead,
        Self::MetricWrite,
    ];

    /// The name as it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EvaluationRead => "evaluation:read",
            Self::EvaluationWrite => "evaluation:write",
            Self::DatasetRead => "dataset:read",
            Self::DatasetWrite => "dataset:write",
            Self::EventRead => "event:read",
            Self::EventWrite => "event:write",
            Self::MetricRead => "metric:read",
            Self::MetricWrite => "metric:write",
        }
    }

    /// The scope that opens this one, too: who may write may read, as at PostHog.
    const fn stronger(self) -> Option<Self> {
        match self {
            Self::EvaluationRead => Some(Self::EvaluationWrite),
            Self::DatasetRead => Some(Self::DatasetWrite),
            Self::EventRead => Some(Self::EventWrite),
            Self::MetricRead => Some(Self::MetricWrite),
            _ => None,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// The scopes of a key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes {
    everything: bool,
    scopes: Vec<Scope>,
}

/// The name of all scopes together.
pub const EVERYTHING: &str = "*";

impl Scopes {
    /// All scopes.
    pub fn everything() -> Self {
        Self {
            everything: true,
            scopes: Vec::new(),
        }
    }

    /// The scopes of these names; `*` is all of them.
    ///
    /// # Errors
    /// With the name that is none.
    pub fn parse<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let mut all = Self::default();
        for name in names {
            match Scope::ALL.into_iter().find(|scope| scope.name() == name) {
                Some(scope) if !all.scopes.contains(&scope) => all.scopes.push(scope),
                Some(_) => {}
                None if name == EVERYTHING => all.everything = true,
                None => return Err(name.to_owned()),
            }
        }
        all.scopes.sort_unstable();
        Ok(all)
    }

    /// Their names.
    pub fn names(&self) -> Vec<String> {
        if self.everything {
            return vec![EVERYTHING.to_owned()];
        }
        self.scopes.iter().map(ToString::to_string).collect()
    }

    /// Whether they open this.
    pub fn allow(&self, scope: Scope) -> bool {
        let has = |scope| self.scopes.contains(&scope);
        self.everything || has(scope) || scope.stronger().is_some_and(has)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_open_what_they_name_and_writing_opens_reading() {
        let scopes = Scopes::parse(["evaluation:write", "dataset:read"]).expect("two scopes");
        for (scope, allowed) in [
            (Scope::EvaluationRead, true),
            (Scope::EvaluationWrite, true),
            (Scope::DatasetRead, true),
            (Scope::DatasetWrite, false),
            (Scope::EventWrite, false),
        ] {
            assert_eq!(scopes.allow(scope), allowed, "{scope}");
        }
        assert!(Scope::ALL.into_iter().all(|scope| Scopes::everything().allow(scope)));
        assert!(Scope::ALL.into_iter().all(|scope| !Scopes::default().allow(scope)));
    }

    #[test]
    fn names_round_trip_and_others_are_refused() {
        let scopes = Scopes::parse(["event:write", "evaluation:read", "event:write"]).expect("scopes");
        assert_eq!(scopes.names(), ["evaluation:read", "event:write"]);
        assert_eq!(Scopes::parse(["*"]).expect("everything").names(), ["*"]);
        assert_eq!(Scopes::parse(["evaluation"]), Err("evaluation".to_owned()));
    }
}
