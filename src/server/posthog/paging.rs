//! Lists in parts: `limit` and `offset`, and the addresses of the next and the previous part.

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, header};
use serde_json::{Value, json};

use crate::server::problem::Problem;
use crate::server::state::AppState;
use crate::store::{Order, Sort};

/// How many objects a part has when nobody says, as at PostHog.
const DEFAULT_LIMIT: u32 = 100;
/// How many it has at most; `next` leads to the others.
const MAX_LIMIT: u32 = 1000;

/// The names of `order_by` where lists are ordered by time alone.
pub const BY_TIME: [(&str, Sort); 2] = [("created_at", Sort::CreatedAt), ("updated_at", Sort::UpdatedAt)];

/// What a request for a list says, besides what it is filtered by.
#[derive(Clone, Debug)]
pub struct ListQuery {
    address: String,
    pairs: Vec<(String, String)>,
    /// How many objects at most.
    pub limit: u32,
    /// How many to leave out first.
    pub offset: u64,
}

impl FromRequestParts<AppState> for ListQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let Ok(OriginalUri(uri)) = OriginalUri::from_request_parts(parts, state).await;
        let path = uri.path().trim_end_matches('/');
        Ok(Self::new(
            format!("{}{path}/", origin(&parts.headers)),
            uri.query().unwrap_or_default(),
        ))
    }
}

impl ListQuery {
    fn new(address: String, query: &str) -> Self {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
        let number = |name: &str| {
            let (_, text) = pairs.iter().rev().find(|(known, _)| known == name)?;
            text.trim().parse::<u64>().ok()
        };
        // What is no number counts as not there, as in Django REST framework.
        let limit = number("limit")
            .filter(|limit| *limit > 0)
            .map_or(DEFAULT_LIMIT, |limit| {
                u32::try_from(limit).unwrap_or(MAX_LIMIT).min(MAX_LIMIT)
            });
        let offset = number("offset").unwrap_or_default();
        Self {
            address,
            limit,
            offset,
            pairs,
        }
    }

    /// The value of a parameter without white space around it, if it is there and not empty; the last one counts.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.pairs.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// A comma-separated list of ids; the parameter may be given several times.
    ///
    /// # Errors
    /// When one is no UUID.
    pub fn ids(&self, name: &'static str) -> Result<Option<Vec<String>>, Problem> {
        let given = self
            .pairs
            .iter()
            .filter(|(known, value)| known == name && !value.is_empty());
        let mut ids = None;
        let given = given.flat_map(|(_, value)| value.split(',')).map(str::trim);
        for text in given.filter(|text| !text.is_empty()) {
            let id =
                uuid::Uuid::try_parse(text).map_err(|_| Problem::invalid(name, "invalid", "Enter a valid UUID."))?;
            ids.get_or_insert_with(Vec::new).push(id.to_string());
        }
        Ok(ids)
    }

    /// The order that `order_by` asks for, by some of these names.
    ///
    /// # Errors
    /// When it names what lists can't be ordered by.
    pub fn order(&self, known: &[(&str, Sort)]) -> Result<Vec<Order>, Problem> {
        let names = self.get("order_by").unwrap_or_default().split(',');
        let mut order = Vec::new();
        for name in names.map(str::trim).filter(|name| !name.is_empty()) {
            let (descending, plain) = match name.strip_prefix('-') {
                Some(plain) => (true, plain),
                None => (false, name),
            };
            let Some((_, by)) = known.iter().find(|(known, _)| *known == plain) else {
                let sentence = format!("Select a valid choice. {name} is not one of the available choices.");
                return Err(Problem::invalid("order_by", "invalid_choice", sentence));
            };
            let by = *by;
            if order.iter().all(|known: &Order| known.by != by) {
                order.push(Order { by, descending });
            }
        }
        Ok(order)
    }

    /// A part of a list, in its envelope.
    pub fn envelope(&self, total: u64, results: Vec<Value>) -> Value {
        let limit = u64::from(self.limit);
        let end = self.offset.saturating_add(limit);
        let next = (end < total).then(|| self.link(Some(end)));
        let before = self.offset.saturating_sub(limit);
        let previous = (self.offset > 0).then(|| self.link(Some(before).filter(|offset| *offset > 0)));
        json!({"count": total, "next": next, "previous": previous, "results": results})
    }

    /// The address of another part. Its parameters are in alphabetical order, as Django REST framework has them.
    fn link(&self, offset: Option<u64>) -> String {
        let mut pairs = self.pairs.clone();
        // A key in the query is for this request alone: addresses are logged and passed on.
        pairs.retain(|(name, _)| !matches!(name.as_str(), "limit" | "offset" | "personal_api_key"));
        pairs.push(("limit".to_owned(), self.limit.to_string()));
        if let Some(offset) = offset {
            pairs.push(("offset".to_owned(), offset.to_string()));
        }
        pairs.sort();
        // Pairs of texts can always be written.
        let query = serde_urlencoded::to_string(&pairs).unwrap_or_default();
        format!("{}?{query}", self.address)
    }
}

/// The beginning of addresses of this service as its client sees it: scheme, host and port. What the `Host` header says is
/// taken only where it can be nothing but a host.
fn origin(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let is_plain = |host: &str| {
        let only = |character: char| character.is_ascii_alphanumeric() || ".-_:[]".contains(character);
        host.chars().all(only) && host.parse::<Authority>().is_ok()
    };
    let host = host.filter(|host| is_plain(host)).unwrap_or("localhost");
    let forwarded = headers.get("x-forwarded-proto");
    let scheme = if forwarded.is_some_and(|scheme| scheme == "https") {
        "https"
    } else {
        "http"
    };
    format!("{scheme}://{host}")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn query(query: &str) -> ListQuery {
        ListQuery::new("http://localhost/api/projects/1/datasets/".to_owned(), query)
    }

    #[test]
    fn parts_lead_to_each_other() {
        let links = |text: &str, total| {
            let envelope = query(text).envelope(total, Vec::new());
            let tail = |name: &str| {
                let link = envelope[name].as_str()?;
                link.split_once('?').map(|(_, query)| query.to_owned())
            };
            (tail("previous"), tail("next"))
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(links("", 100), (None, None));
        assert_eq!(links("", 101), (None, some("limit=100&offset=100")));
        assert_eq!(
            links("offset=2&search=a%26b&limit=2", 5),
            (some("limit=2&search=a%26b"), some("limit=2&offset=4&search=a%26b"))
        );
        assert_eq!(links("personal_api_key=secret", 101).1, some("limit=100&offset=100"));
        assert_eq!(links("limit=2&offset=4", 5), (some("limit=2&offset=2"), None));
        assert_eq!(links("limit=0&offset=-1", 101), (None, some("limit=100&offset=100")));
        assert_eq!(links("limit=99999999999", 1001), (None, some("limit=1000&offset=1000")));
        assert_eq!(links("offset=18446744073709551615", 5).1, None);
    }

    #[test]
    fn orders_are_lists_of_known_names() {
        let order = query("order_by=-updated_at,created_at")
            .order(&BY_TIME)
            .expect("an order");
        let expected = [(Sort::UpdatedAt, true), (Sort::CreatedAt, false)];
        assert_eq!(order, expected.map(|(by, descending)| Order { by, descending }));
        let problem = query("order_by=name").order(&BY_TIME).expect_err("not a choice");
        assert_eq!(
            problem.detail,
            "Select a valid choice. name is not one of the available choices."
        );
    }

    #[test]
    fn a_host_is_a_host_or_not_taken() {
        for (given, origin_of) in [
            ("example.org", "http://example.org"),
            ("[::1]:8080", "http://[::1]:8080"),
            ("evil.example/path", "http://localhost"),
            ("user@evil.example", "http://localhost"),
            ("a b", "http://localhost"),
            ("\"><script>", "http://localhost"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_str(given).expect("a header"));
            assert_eq!(origin(&headers), origin_of, "{given}");
        }
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-proto", HeaderValue::from_static("https"));
        assert_eq!(origin(&headers), "https://localhost");
        headers.insert("x-forwarded-proto", HeaderValue::from_static("javascript"));
        assert_eq!(origin(&headers), "http://localhost");
    }
}
