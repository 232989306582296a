//! The standard library: one function per name of [`jurybox_hog_abi::library::FUNCTIONS`].

mod collections;
mod crypto;
mod dates;
mod errors;
mod host;
mod json;
mod maths;
mod strings;
mod types;

use jurybox_hog_abi::Value;
use jurybox_hog_abi::library::{ANY, FUNCTIONS};

pub use types::cast;

use crate::failure;

/// A library function; it may rely on having been given as many arguments as it takes.
type Function = fn(&[Value]) -> Value;

/// Checks the number of arguments and calls the library function with this number.
pub fn call(number: u32, arguments: &[Value]) -> Value {
    let number = number as usize;
    let (Some(function), Some(code)) = (FUNCTIONS.get(number), TABLE.get(number)) else {
        failure::vm(format_args!("Unsupported function call: {number}"));
    };
    let count = arguments.len() as u32;
    if count < function.min {
        refuse(function.name, "least", function.min);
    }
    if function.max != ANY && count > function.max {
        refuse(function.name, "most", function.max);
    }
    code.1(arguments)
}

#[cold]
fn refuse(name: &str, bound: &str, count: u32) -> ! {
    // The reference does not mind the singular.
    failure::vm(format_args!("Function {name} requires at {bound} {count} arguments"))
}

/// An argument that may be left out.
#[inline]
fn optional(arguments: &[Value], number: usize) -> Value {
    arguments.get(number).copied().unwrap_or(Value::NULL)
}

/// The code of every function, in the order of [`FUNCTIONS`].
const TABLE: &[(&str, Function)] = &[
    ("Error", errors::error),
    ("HogError", errors::hog_error),
    ("JSONExtract", json::extract),
    ("JSONExtractArrayRaw", json::extract_array),
    ("JSONExtractBool", json::extract_bool),
    ("JSONExtractFloat", json::extract_float),
    ("JSONExtractInt", json::extract_int),
    ("JSONExtractString", json::extract_string),
    ("JSONHas", json::has),
    ("JSONLength", json::length),
    ("NotImplementedError", errors::not_implemented_error),
    ("RetryError", errors::retry_error),
    ("addDays", dates::add_days),
    ("and", types::and),
    ("arrayPopBack", collections::pop_back),
    ("arrayPopFront", collections::pop_front),
    ("arrayPushBack", collections::push_back),
    ("arrayPushFront", collections::push_front),
    ("arrayReverse", collections::reverse),
    ("arrayReverseSort", collections::reverse_sort),
    ("arraySort", collections::sort),
    ("arrayStringConcat", collections::string_concat),
    ("assumeNotNull", types::assume_not_null),
    ("base64Decode", crypto::base64_decode),
    ("base64Encode", crypto::base64_encode),
    ("coalesce", types::coalesce),
    ("concat", strings::concat),
    ("dateAdd", dates::date_add),
    ("dateDiff", dates::date_diff),
    ("dateTrunc", dates::date_trunc),
    ("decodeURLComponent", crypto::decode_url),
    ("empty", types::empty),
    ("encodeURLComponent", crypto::encode_url),
    ("equals", types::equals),
    ("extract", dates::extract),
    ("extractRegex", strings::extract_regex),
    ("floor", maths::floor),
    ("formatDateTime", dates::format_date_time),
    ("fromUnixTimestamp", dates::from_unix_timestamp),
    ("fromUnixTimestampMilli", dates::from_unix_timestamp_milli),
    ("generateUUIDv4", host::generate_uuid),
    ("greater", types::greater),
    ("greaterOrEquals", types::greater_or_equals),
    ("has", collections::has),
    ("if", types::if_else),
    ("ifNull", types::coalesce),
    ("ilike", strings::ilike),
    ("in", collections::is_in),
    ("indexOf", collections::index_of),
    ("isIPAddressInRange", crypto::is_ip_address_in_range),
    ("isNotNull", types::is_not_null),
    ("isNull", types::is_null),
    ("isValidJSON", json::is_valid),
    ("jsonParse", json::parse),
    ("jsonStringify", json::stringify),
    ("keys", collections::keys),
    ("length", collections::length),
    ("less", types::less),
    ("lessOrEquals", types::less_or_equals),
    ("like", strings::like),
    ("lower", strings::lower),
    ("match", strings::matches),
    ("max2", maths::max2),
    ("md5", crypto::md5),
    ("md5Hex", crypto::md5_hex),
    ("min2", maths::min2),
    ("minus", maths::minus),
    ("multiIf", types::multi_if),
    ("multiSearchAnyCaseInsensitive", strings::multi_search),
    ("not", types::not),
    ("notEmpty", types::not_empty),
    ("notEquals", types::not_equals),
    ("notILike", strings::not_ilike),
    ("notLike", strings::not_like),
    ("now", dates::now),
    ("or", types::or),
    ("plus", maths::plus),
    ("position", strings::position),
    ("positionCaseInsensitive", strings::position_insensitive),
    ("print", host::print),
    ("randomFloat", host::random_float),
    ("range", collections::range),
    ("replaceAll", strings::replace_all),
    ("replaceOne", strings::replace_one),
    ("reverse", strings::reverse),
    ("round", maths::round),
    ("run", host::run),
    ("sha1", crypto::sha1),
    ("sha1Hex", crypto::sha1_hex),
    ("sha1HmacChain", crypto::sha1_chain),
    ("sha1HmacChainHex", crypto::sha1_chain),
    ("sha256", crypto::sha256),
    ("sha256Hex", crypto::sha256_hex),
    ("sha256HmacChain", crypto::sha256_chain),
    ("sha256HmacChainHex", crypto::sha256_chain),
    ("sleep", host::sleep),
    ("splitByString", strings::split),
    ("startsWith", strings::starts_with),
    ("substring", strings::substring),
    ("toDate", dates::to_date),
    ("toDateTime", dates::to_date_time),
    ("toFloat", types::to_float),
    ("toInt", types::to_int),
    ("toIntervalDay", dates::to_interval_day),
    ("toIntervalHour", dates::to_interval_hour),
    ("toIntervalMinute", dates::to_interval_minute),
    ("toIntervalMonth", dates::to_interval_month),
    ("toMonth", dates::to_month),
    ("toStartOfDay", dates::to_start_of_day),
    ("toStartOfHour", dates::to_start_of_hour),
    ("toStartOfMonth", dates::to_start_of_month),
    ("toStartOfWeek", dates::to_start_of_week),
    ("toString", types::to_string),
    ("toTimeZone", dates::to_time_zone),
    ("toUUID", types::to_string),
    ("toUnixTimestamp", dates::to_unix_timestamp),
    ("toUnixTimestampMilli", dates::to_unix_timestamp_milli),
    ("toYYYYMM", dates::to_yyyymm),
    ("toYear", dates::to_year),
    ("today", dates::today),
    ("trim", strings::trim),
    ("trimLeft", strings::trim_left),
    ("trimRight", strings::trim_right),
    ("tryBase64Decode", crypto::try_base64_decode),
    ("tryDecodeURLComponent", crypto::try_decode_url),
    ("tuple", collections::tuple),
    ("typeof", types::type_of),
    ("upper", strings::upper),
    ("values", collections::values),
];

const _: () = {
    assert!(TABLE.len() == FUNCTIONS.len());
    let mut number = 0;
    while number < TABLE.len() {
        let (ours, theirs) = (TABLE[number].0.as_bytes(), FUNCTIONS[number].name.as_bytes());
        assert!(
            ours.len() == theirs.len(),
            "a library function is missing or out of order"
        );
        let mut at = 0;
        while at < ours.len() {
            assert!(ours[at] == theirs[at], "a library function is missing or out of order");
            at += 1;
        }
        number += 1;
    }
};
