//! Hashes, encodings and addresses.

use jurybox_hog_abi::Value;

use super::optional;
use crate::digest::{self, Algorithm, Encoding};
use crate::{base64, failure, list, network, percent, text, types};

/// The text of an argument that Python would call `encode()` on.
fn encoded(value: Value) -> &'static str {
    text::of(value).unwrap_or_else(|| failure::no_attribute(value, "encode"))
}

/// The encoding that an optional argument names; none (and a result of null) for an unknown one.
fn encoding(value: Value) -> Option<Encoding> {
    if value == Value::NULL {
        Some(Encoding::Hex)
    } else {
        Encoding::from_name(text::of(value)?)
    }
}

fn hash(algorithm: Algorithm, value: Value, encoding_name: Value) -> Value {
    if value == Value::NULL {
        return Value::NULL;
    }
    let data = encoded(value);
    match encoding(encoding_name) {
        Some(encoding) => text::new(&digest::digest(algorithm, data, encoding)),
        None => Value::NULL,
    }
}

pub fn md5(arguments: &[Value]) -> Value {
    hash(Algorithm::Md5, arguments[0], optional(arguments, 1))
}

pub fn md5_hex(arguments: &[Value]) -> Value {
    hash(Algorithm::Md5, arguments[0], Value::NULL)
}

pub fn sha1(arguments: &[Value]) -> Value {
    hash(Algorithm::Sha1, arguments[0], optional(arguments, 1))
}

pub fn sha1_hex(arguments: &[Value]) -> Value {
    hash(Algorithm::Sha1, arguments[0], Value::NULL)
}

pub fn sha256(arguments: &[Value]) -> Value {
    hash(Algorithm::Sha256, arguments[0], optional(arguments, 1))
}

pub fn sha256_hex(arguments: &[Value]) -> Value {
    hash(Algorithm::Sha256, arguments[0], Value::NULL)
}

fn chain(algorithm: Algorithm, arguments: &[Value]) -> Value {
    let Some(elements) = list::of(arguments[0]) else {
        failure::type_error(format_args!(
            "object of type '{}' has no len()",
            types::python_name(arguments[0])
        ));
    };
    let elements: Vec<&str> = if elements.len() < 2 {
        Vec::new()
    } else {
        elements.iter().map(|element| encoded(*element)).collect()
    };
    let encoding = encoding(optional(arguments, 1));
    match digest::hmac_chain(algorithm, &elements, encoding.unwrap_or_default()) {
        Ok(result) if encoding.is_some() => text::new(&result),
        Ok(_) => Value::NULL,
        Err(error) => failure::exception(error.kind(), format_args!("{error}")),
    }
}

pub fn sha1_chain(arguments: &[Value]) -> Value {
    chain(Algorithm::Sha1, arguments)
}

pub fn sha256_chain(arguments: &[Value]) -> Value {
    chain(Algorithm::Sha256, arguments)
}

pub fn base64_encode(arguments: &[Value]) -> Value {
    text::ascii(&base64::encode(encoded(arguments[0]).as_bytes()))
}

pub fn base64_decode(arguments: &[Value]) -> Value {
    match base64::decode(encoded(arguments[0])) {
        Ok(decoded) => text::new(&decoded),
        Err(error) => failure::exception(error.kind(), format_args!("{error}")),
    }
}

pub fn try_base64_decode(arguments: &[Value]) -> Value {
    let decoded = text::of(arguments[0]).and_then(|text| base64::decode(text).ok());
    text::new(&decoded.unwrap_or_default())
}

pub fn encode_url(arguments: &[Value]) -> Value {
    match text::of(arguments[0]) {
        Some(text) => text::ascii(&percent::encode(text)),
        None => failure::type_error(format_args!("quote_from_bytes() expected bytes")),
    }
}

pub fn decode_url(arguments: &[Value]) -> Value {
    match text::of(arguments[0]) {
        Some(text) => text::new(&percent::decode(text)),
        None => failure::type_error(format_args!(
            "argument of type '{}' is not iterable",
            types::python_name(arguments[0])
        )),
    }
}

pub fn try_decode_url(arguments: &[Value]) -> Value {
    match text::of(arguments[0]) {
        Some(encoded) => percent::try_decode(encoded).map_or(Value::NULL, |decoded| text::new(&decoded)),
        None if !crate::compare::truthy(arguments[0]) => arguments[0],
        None => failure::type_error(format_args!(
            "expected string or bytes-like object, got '{}'",
            types::python_name(arguments[0])
        )),
    }
}

pub fn is_ip_address_in_range(arguments: &[Value]) -> Value {
    match (text::of(arguments[0]), text::of(arguments[1])) {
        (Some(address), Some(range)) => Value::bool(network::is_address_in_range(address, range)),
        _ => Value::FALSE,
    }
}
