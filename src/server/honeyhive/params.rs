//! Parameters in the query of a request, which some clients repeat with brackets: `datapoint_ids[]=a&datapoint_ids[]=b`.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::server::problem::Problem;
use crate::server::state::AppState;

/// The parameters of a request.
#[derive(Clone, Debug, Default)]
pub struct Params(Vec<(String, String)>);

impl FromRequestParts<AppState> for Params {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        serde_urlencoded::from_str(parts.uri.query().unwrap_or_default())
            .map(Self)
            .map_err(|_| Problem::bad_request("The query can't be read."))
    }
}

impl Params {
    /// A parameter; an empty one counts as not there.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, value)| known == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    /// Whether there is a parameter of this name.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// All values of a parameter that may be repeated.
    pub fn all(&self, name: &str) -> Vec<String> {
        let is_meant = |known: &str| known.strip_prefix(name).is_some_and(|rest| matches!(rest, "" | "[]"));
        let values = self
            .0
            .iter()
            .filter(|(known, value)| is_meant(known) && !value.is_empty());
        values.map(|(_, value)| value.clone()).collect()
    }

    /// A whole number from 1 on, also written as `5.0`.
    ///
    /// # Errors
    /// When it is none.
    pub fn count(&self, name: &str) -> Result<Option<u32>, Problem> {
        let Some(text) = self.get(name) else { return Ok(None) };
        text.parse()
            .ok()
            .and_then(whole)
            .map(Some)
            .ok_or_else(|| Problem::invalid(name, "invalid_value", "This must be a whole number from 1 on."))
    }
}

/// A number as a count, if it is one: whole, and at least 1.
pub fn whole(number: f64) -> Option<u32> {
    (number.fract() == 0.0 && (1.0..=f64::from(u32::MAX)).contains(&number)).then_some(number as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_found() {
        let params = "a=1&ids%5B%5D=x&ids%5B%5D=y&ids=z&b=&limit=5.0&page=0";
        let params = Params(serde_urlencoded::from_str(params).expect("a query"));
        assert_eq!(
            (params.get("a"), params.get("b"), params.has("b")),
            (Some("1"), None, true)
        );
        assert_eq!(params.all("ids"), ["x", "y", "z"]);
        assert_eq!(params.count("limit"), Ok(Some(5)));
        assert!(params.count("page").is_err());
    }
}
