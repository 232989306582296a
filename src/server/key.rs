//! API keys: how they are made, read and checked.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::scopes::Scopes;
use crate::store::{Key, NewKey, ProjectId};

/// What every key begins with, so that scanners for leaked secrets know one when they see it.
const PREFIX: &str = "jbx_";
/// Bytes of the half that names the key.
const ID_BYTES: usize = 9;
/// Bytes of the secret half.
const SECRET_BYTES: usize = 32;

/// Makes a key: what to keep of it, and the key itself, which is shown once and kept nowhere.
///
/// # Errors
/// When the system has no random numbers.
pub fn generate(project: ProjectId, label: &str, scopes: &Scopes) -> Result<(NewKey, String), getrandom::Error> {
    let mut bytes = [0; ID_BYTES + SECRET_BYTES];
    getrandom::fill(&mut bytes)?;
    let (id, secret) = bytes.split_at(ID_BYTES);
    // No underscore in the id: it ends at the first one.
    let id = URL_SAFE_NO_PAD.encode(id).replace('_', "0").replace('-', "1");
    let key = format!("{PREFIX}{id}_{}", URL_SAFE_NO_PAD.encode(secret));
    let kept = NewKey {
        id,
        project,
        label: label.to_owned(),
        hash: hash(&key).to_vec(),
        scopes: scopes.names(),
    };
    Ok((kept, key))
}

/// The half of a key that names it; `None` for what is no key.
pub fn id(key: &str) -> Option<&str> {
    let (id, _) = key.strip_prefix(PREFIX)?.split_once('_')?;
    Some(id)
}

/// A path without the keys in it (some clients of PostHog ask for `/array/KEY/config`), for the log.
pub fn hidden(path: &str) -> Cow<'_, str> {
    if !path.contains(PREFIX) {
        return path.into();
    }
    let segments = path
        .split('/')
        .map(|segment| if segment.contains(PREFIX) { "KEY" } else { segment });
    segments.collect::<Vec<_>>().join("/").into()
}

/// Whether this is the key of which that was kept, compared in constant time.
pub fn matches(key: &str, kept: &Key) -> bool {
    bool::from(hash(key).as_slice().ct_eq(&kept.hash))
}

/// Keys are as random as hashes are long, so one round is enough.
fn hash(key: &str) -> [u8; 32] {
    Sha256::digest(key).into()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn a_key_is_known_by_its_hash_alone() {
        let (kept, key) = generate(1, "test", &Scopes::everything()).expect("a key");
        assert_eq!(id(&key), Some(kept.id.as_str()));
        assert!(!format!("{kept:?}").contains(&key));
        let stored = Key {
            id: kept.id,
            project: 1,
            label: kept.label,
            hash: kept.hash,
            scopes: kept.scopes,
            created_at: Timestamp::UNIX_EPOCH,
            revoked_at: None,
        };
        assert!(matches(&key, &stored));
        let mut other = key.clone();
        other.pop();
        assert!(!matches(&other, &stored));
        assert!(!matches("", &stored));
    }

    #[test]
    fn no_key_is_left_in_a_path() {
        for (path, shown) in [
            ("/array/jbx_abc_def/config.js", "/array/KEY/config.js"),
            ("/x%20jbx_abc", "/KEY"),
            ("/api/projects/1/datasets", "/api/projects/1/datasets"),
        ] {
            assert_eq!(hidden(path), shown);
        }
    }

    #[test]
    fn what_is_no_key_has_no_id() {
        for text in ["", "jbx_", "jbx_abc", "phx_abc_def", "Bearer jbx_a_b"] {
            assert_eq!(id(text), None, "{text}");
        }
    }
}
